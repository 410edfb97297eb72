// Preloaded into a peer that has no option for its address: whatever it listens on stays on loopback.
import { Server } from "node:net";

const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  return typeof port === "number"
    ? listen.call(this, { port, host: "127.0.0.1" }, ...rest)
    : listen.call(this, port, ...rest);
};
