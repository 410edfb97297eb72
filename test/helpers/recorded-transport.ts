// Keeps what goes over an SDK's transport, in its order, from before the first message.
import type { PlainTransport } from "./framed-transport.ts";
import type { Message } from "./ws-client.ts";

export interface Said {
  /** The client is the SDK's side, the server the hub. */
  readonly by: "client" | "server";
  readonly message: Message;
}

/** The same transport. The SDK calls what listened before it. */
export function recorded(transport: PlainTransport, said: Said[]): PlainTransport {
  const send = transport.send.bind(transport);
  transport.send = (message, ...more) => {
    said.push({ by: "client", message: message as Message });
    return send(message, ...more);
  };
  let act: PlainTransport["onmessage"];
  /** Listeners are put before listeners: each message passes here more than once. */
  const known = new WeakSet<object>();
  Object.defineProperty(transport, "onmessage", {
    get: () => act,
    set: (listener: PlainTransport["onmessage"]) => {
      act =
        listener === undefined
          ? undefined
          : (message, extra) => {
              if (!known.has(message)) said.push({ by: "server", message: message as Message });
              known.add(message);
              listener(message, extra);
            };
    },
  });
  return transport;
}
