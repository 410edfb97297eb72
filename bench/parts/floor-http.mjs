// The floor of the HTTP door: a bare node:http server at POST /mcp that swaps the request id by its bytes, pipes the rest to one
// child and answers with its result as JSON. A GET is an event stream on which nothing happens. No sessions, no checks, no
// limits, no timers; it trusts its client. Usage: node floor-http.mjs PORT COMMAND [ARG…]
import { createServer } from "node:http";
import { relay, smallBytes, startChild } from "./floor-child.mjs";

const [port, ...command] = process.argv.slice(2);
const child = startChild(command);
const calls = relay(child, { small: returnSmall, large: returnLarge, settled() {} });

const server = createServer(
  { keepAlive: false, noDelay: true, connectionsCheckingInterval: 2 ** 30 },
  (request, response) => {
    if (request.method === "GET") {
      response.writeHead(200, ["content-type", "text/event-stream"]).flushHeaders();
      return;
    }
    let only;
    let chunks;
    let size = 0;
    request.on("data", (chunk) => {
      size += chunk.length;
      if (only === undefined) only = chunk;
      else if (chunks === undefined) chunks = [only, chunk];
      else chunks.push(chunk);
    });
    request.on("end", () => {
      if (size > smallBytes) {
        child.stdin.cork();
        calls.large(response, chunks ?? [only]);
        child.stdin.uncork();
        return;
      }
      const bytes = chunks === undefined ? only : Buffer.concat(chunks);
      if (!calls.small(response, bytes.latin1Slice())) response.writeHead(202, ["content-length", "0"]).end();
      flushSoon();
    });
  },
);
server.keepAliveTimeout = 0;
server.headersTimeout = 0;
server.requestTimeout = 0;
server.listen(Number(port), "127.0.0.1");

// What many connections sent in one turn of the loop leaves in one write.
let isDue = false;
function flushSoon() {
  if (isDue) return;
  isDue = true;
  setImmediate(flush);
}

function flush() {
  isDue = false;
  calls.flush();
}

function returnSmall(response, text) {
  response.writeHead(200, ["content-type", "application/json", "content-length", text.length]);
  // Head and body leave as one string in one write.
  response.end(text, "latin1");
}

function returnLarge(response, chunks, size) {
  response.writeHead(200, ["content-type", "application/json", "content-length", size]);
  response.cork();
  for (const chunk of chunks) response.write(chunk);
  response.uncork();
  response.end();
}
