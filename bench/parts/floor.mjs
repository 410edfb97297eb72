// The floor: the least a hub can do. A bare WebSocket server that swaps the request id by its bytes, pipes the rest to one
// child and back, and forwards a message when it is complete, as the chunks it came in. No sessions, no checks, no limits;
// it trusts its client. Usage: node floor.mjs PORT COMMAND [ARG…]; PORT `stdio` pipes raw bytes instead.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const [port, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
child.on("exit", () => process.exit(0));
child.stdin.on("error", () => process.exit(0));
process.on("SIGTERM", () => child.stdin.end());

if (port === "stdio") {
  process.stdin.on("data", (chunk) => child.stdin.write(chunk));
  process.stdin.on("end", () => child.stdin.end());
  child.stdout.on("data", (chunk) => process.stdout.write(chunk));
} else serve(Number(port));

/** Frames up to this size are put together as strings and written in one piece per chunk read. */
const smallBytes = 16 * 1024;
/** Relay id -> where the answer goes: { connection, id }. */
const pending = new Map();
let nextId = 1;
/** Connections with answers of the chunk being read. */
const dirty = new Set();
/** Small frames of the chunk being read, on their way to the child. */
let toChild = "";

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
      flushChild();
      child.stdin.uncork();
    });
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.end());
  });
  server.listen(number, "127.0.0.1");
  child.stdout.on("data", readChild);
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
      if (frame.chunks.length === 0 && to - at <= smallBytes) sendSmall(connection, bytes.latin1Slice(at, to));
      else sendLarge(connection, [...frame.chunks, bytes.subarray(at, to)]);
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

/** Range of the id's bytes in the start of a message, or undefined for a notification. */
function findId(text) {
  const at = text.indexOf('"id":');
  if (at < 0) return undefined;
  const start = at + 5;
  let end = start;
  if (text.charCodeAt(start) === 34) return { start, end: text.indexOf('"', start + 1) + 1 };
  for (let code = text.charCodeAt(end); code !== 44 && code !== 125; code = text.charCodeAt(end)) end++;
  return { start, end };
}

/** A large message with its start in one piece: the id is within the first bytes. */
function open(chunks) {
  let [first, ...rest] = chunks;
  while (first.length < 256 && rest.length > 0) first = Buffer.concat([first, rest.shift()]);
  return { first, head: first.latin1Slice(0, 256), rest };
}

function sendSmall(connection, text) {
  const id = findId(text);
  if (id === undefined) {
    toChild += `${text}\n`;
    return;
  }
  const own = nextId++;
  pending.set(own, { connection, id: text.slice(id.start, id.end) });
  toChild += `${text.slice(0, id.start)}${own}${text.slice(id.end)}\n`;
}

function sendLarge(connection, chunks) {
  flushChild();
  const { first, head, rest } = open(chunks);
  const id = findId(head);
  const own = nextId++;
  pending.set(own, { connection, id: head.slice(id.start, id.end) });
  child.stdin.write(Buffer.from(head.slice(0, id.start) + own, "latin1"));
  child.stdin.write(first.subarray(id.end));
  for (const chunk of rest) child.stdin.write(chunk);
  child.stdin.write(newline);
}

const newline = Buffer.from("\n");

function flushChild() {
  if (toChild === "") return;
  child.stdin.write(toChild, "latin1");
  toChild = "";
}

// Child to client -------------------------------------------------------------------------------------------------

/** Chunks of a line that has not ended yet. */
let line = [];
let lineBytes = 0;

function readChild(chunk) {
  let at = 0;
  if (lineBytes > 0) {
    const end = chunk.indexOf(10);
    const last = end < 0 ? chunk : chunk.subarray(0, end);
    line.push(last);
    lineBytes += last.length;
    if (end < 0) return;
    if (lineBytes <= smallBytes) returnSmall(Buffer.concat(line, lineBytes).latin1Slice());
    else returnLarge(line, lineBytes);
    line = [];
    lineBytes = 0;
    at = end + 1;
  }
  for (let end = chunk.indexOf(10, at); end >= 0 && at < chunk.length; end = chunk.indexOf(10, at)) {
    if (end - at <= smallBytes) returnSmall(chunk.latin1Slice(at, end));
    else returnLarge([chunk.subarray(at, end)], end - at);
    at = end + 1;
  }
  if (at < chunk.length) {
    line.push(chunk.subarray(at));
    lineBytes = chunk.length - at;
  }
  for (const connection of dirty) flushClient(connection);
  dirty.clear();
}

function take(text, id) {
  const own = Number(text.slice(id.start, id.end));
  const call = pending.get(own);
  pending.delete(own);
  return call;
}

function returnSmall(text) {
  const id = findId(text);
  const call = id && take(text, id);
  if (call === undefined) return;
  const size = text.length - (id.end - id.start) + call.id.length;
  const length = size < 126 ? String.fromCharCode(size) : `~${String.fromCharCode(size >> 8, size & 255)}`;
  call.connection.out += `\x81${length}${text.slice(0, id.start)}${call.id}${text.slice(id.end)}`;
  dirty.add(call.connection);
}

function returnLarge(chunks, size) {
  const { first, head, rest } = open(chunks);
  const id = findId(head);
  const call = id && take(head, id);
  if (call === undefined) return;
  const { socket } = call.connection;
  flushClient(call.connection);
  const full = size - (id.end - id.start) + call.id.length;
  const header = Buffer.alloc(full < 65536 ? 4 : 10);
  header[0] = 0x81;
  header[1] = full < 65536 ? 126 : 127;
  if (full < 65536) header.writeUInt16BE(full, 2);
  else header.writeUInt32BE(full, 6);
  socket.cork();
  socket.write(header);
  socket.write(Buffer.from(head.slice(0, id.start) + call.id, "latin1"));
  socket.write(first.subarray(id.end));
  for (const chunk of rest) socket.write(chunk);
  socket.uncork();
}

function flushClient(connection) {
  if (connection.out === "") return;
  connection.socket.write(connection.out, "latin1");
  connection.out = "";
}
