// The floor: the least a hub can do. A bare WebSocket server that swaps the request id by its bytes, pipes the rest to one
// child and back, and forwards a message when it is complete, as the chunks it came in. No sessions, no checks, no limits;
// it trusts its client. Usage: node floor.mjs PORT COMMAND [ARG…]; PORT `stdio` pipes raw bytes instead.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { relay, smallBytes, startChild } from "./floor-child.mjs";

const [port, ...command] = process.argv.slice(2);
const child = startChild(command);
/** Connections with answers of the chunk being read. */
const dirty = new Set();
let calls;

if (port === "stdio") {
  process.stdin.on("data", (chunk) => child.stdin.write(chunk));
  process.stdin.on("end", () => child.stdin.end());
  child.stdout.on("data", (chunk) => process.stdout.write(chunk));
} else serve(Number(port));

function serve(number) {
  const server = createServer((_request, response) => response.writeHead(200).end());
  server.on("upgrade", (request, socket) => {
    const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash("sha1").update(key).digest("base64");
    const chosen = request.headers["sec-websocket-protocol"] === undefined ? "" : "Sec-WebSocket-Protocol: mcp\r\n";
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${chosen}Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.setNoDelay(true);
    const connection = { socket, out: "", kept: undefined, frame: undefined };
    socket.on("data", (chunk) => {
      child.stdin.cork();
      readClient(connection, chunk);
      calls.flush();
      child.stdin.uncork();
    });
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.end());
  });
  server.listen(number, "127.0.0.1");
  calls = relay(child, {
    small: returnSmall,
    large: returnLarge,
    settled() {
      for (const connection of dirty) flushClient(connection);
      dirty.clear();
    },
  });
}

// Client to child -------------------------------------------------------------------------------------------------

function readClient(connection, chunk) {
  let bytes = chunk;
  let at = 0;
  if (connection.kept !== undefined) {
    bytes = Buffer.concat([connection.kept, chunk]);
    connection.kept = undefined;
  }
  while (at < bytes.length) {
    let frame = connection.frame;
    if (frame === undefined) {
      frame = readHeader(bytes, at);
      if (frame === undefined) {
        connection.kept = bytes.subarray(at);
        return;
      }
      at += frame.header;
    }
    const to = Math.min(bytes.length, at + frame.left);
    unmask(bytes, at, to, frame.key, frame.done);
    frame.done += to - at;
    frame.left -= to - at;
    if (frame.left > 0) {
      if (to > at) frame.chunks.push(bytes.subarray(at, to));
      connection.frame = frame;
      return;
    }
    connection.frame = undefined;
    if (frame.opcode === 8) return void connection.socket.end(Buffer.of(0x88, 0));
    if (frame.opcode === 1) {
      if (frame.chunks.length === 0 && to - at <= smallBytes) calls.small(connection, bytes.latin1Slice(at, to));
      else calls.large(connection, [...frame.chunks, bytes.subarray(at, to)]);
    }
    at = to;
  }
}

function readHeader(bytes, at) {
  const have = bytes.length - at;
  if (have < 6) return undefined;
  let left = bytes[at + 1] & 127;
  let header = 6;
  if (left === 126) {
    if (have < 8) return undefined;
    left = bytes.readUInt16BE(at + 2);
    header = 8;
  } else if (left === 127) {
    if (have < 14) return undefined;
    left = bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6);
    header = 14;
  }
  return {
    opcode: bytes[at] & 15,
    header,
    left,
    done: 0,
    key: bytes.subarray(at + header - 4, at + header),
    chunks: [],
  };
}

/** In place; `done` is how many bytes of the frame came before. Long runs go eight bytes at a time. */
function unmask(bytes, from, to, key, done) {
  let at = from;
  let turn = done & 3;
  if (to - from >= 512) {
    while (((bytes.byteOffset + at) & 7) !== 0) {
      bytes[at++] ^= key[turn];
      turn = (turn + 1) & 3;
    }
    let word = 0;
    for (let i = 3; i >= 0; i--) word = word * 256 + key[(turn + i) & 3];
    const mask = BigInt(word) * 0x100000001n;
    const words = new BigUint64Array(bytes.buffer, bytes.byteOffset + at, (to - at) >> 3);
    for (let i = 0; i < words.length; i++) words[i] ^= mask;
    at += words.length * 8;
  }
  for (; at < to; at++) {
    bytes[at] ^= key[turn];
    turn = (turn + 1) & 3;
  }
}

// Child to client -------------------------------------------------------------------------------------------------

function returnSmall(connection, text) {
  const size = text.length;
  const length = size < 126 ? String.fromCharCode(size) : `~${String.fromCharCode(size >> 8, size & 255)}`;
  connection.out += `\x81${length}${text}`;
  dirty.add(connection);
}

function returnLarge(connection, chunks, size) {
  const { socket } = connection;
  flushClient(connection);
  const header = Buffer.alloc(size < 65536 ? 4 : 10);
  header[0] = 0x81;
  header[1] = size < 65536 ? 126 : 127;
  if (size < 65536) header.writeUInt16BE(size, 2);
  else header.writeUInt32BE(size, 6);
  socket.cork();
  socket.write(header);
  for (const chunk of chunks) socket.write(chunk);
  socket.uncork();
}

function flushClient(connection) {
  if (connection.out === "") return;
  connection.socket.write(connection.out, "latin1");
  connection.out = "";
}
