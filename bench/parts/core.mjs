// The Core that the benchmark calls: raw newline JSON-RPC on stdio, as fast as plain Node allows, so that it is never the
// bottleneck. Known call shapes are answered from string positions; whatever else arrives is parsed. Every answer
// carries the nonce of its own call. Usage: node core.mjs [--tools N] [--modern]
import { Socket } from "node:net";
import { hashOf, mebibyte, proseBody, tokenBody } from "./payload.mjs";

const START = '{"jsonrpc":"2.0","id":';
const CALL = ',"method":"tools/call","params":{"name":"';
const END = '"}}}';
const TEXT = ',"result":{"content":[{"type":"text","text":"';
/** How much of a long line is kept: its start names the call and carries the first nonce, its end the second one. */
const KEEP = 1024;

const toolCount = Number(process.argv[process.argv.indexOf("--tools") + 1]) || 8;
const isModern = process.argv.includes("--modern");
/** What each result has in the modern era. */
const complete = isModern ? { resultType: "complete", ttlMs: 0, cacheScope: "private" } : {};
const toolsJson = JSON.stringify({ ...listTools(toolCount), ...complete });

const stdout = new Socket({ fd: 1, readable: false, writable: true });
stdout.on("error", () => process.exit(0));

const RESULT_END = isModern ? '"}],"resultType":"complete"}}\n' : '"}]}}\n';
/** What follows the text in the last call that was parsed: it held, so the line was one message. */
let knownRest;

/** Made when first asked for: they are no part of a start. */
let prose;
let tokens;

/** Start of a line whose end has not been read yet, whole while it may still have to be parsed. */
let held = "";
/** A long `sink` call being read: only its start, its end and its length matter. */
let skimmed;
/** Answers of the chunk being read, written at its end. */
let out = "";

new Socket({
  fd: 0,
  readable: true,
  writable: false,
  onread: {
    buffer: Buffer.allocUnsafe(256 * 1024),
    callback(size, buffer) {
      stdout.cork();
      read(buffer, size);
      flush();
      stdout.uncork();
      return true;
    },
  },
})
  .on("end", () => stdout.end(() => process.exit(0)))
  .on("error", () => process.exit(0));

function read(buffer, size) {
  let from = 0;
  if (skimmed !== undefined) {
    const end = buffer.subarray(0, size).indexOf(10);
    const upTo = end < 0 ? size : end;
    skimmed.tail = skimmed.tail.slice(-KEEP) + buffer.latin1Slice(Math.max(0, upTo - KEEP), upTo);
    skimmed.size += upTo;
    if (end < 0) return;
    answerSink(skimmed.head, skimmed.tail, skimmed.size);
    skimmed = undefined;
    from = end + 1;
  }
  const text = held + buffer.latin1Slice(from, size);
  held = "";
  let at = 0;
  for (let end = text.indexOf("\n", at); end >= 0; end = text.indexOf("\n", at)) {
    if (end > at) answer(text, at, end);
    at = end + 1;
  }
  const rest = at === 0 ? text : text.slice(at);
  if (rest.length > 2 * KEEP && isSink(rest)) {
    skimmed = { head: rest.slice(0, KEEP), tail: rest.slice(-KEEP), size: rest.length };
  } else held = rest;
}

/** Where the id ends, or -1 when the line does not start as the benchmark's client writes it. */
function idEndOf(text, at) {
  if (!text.startsWith(START, at)) return -1;
  const idAt = at + START.length;
  if (text.charCodeAt(idAt) !== 34) return text.indexOf(",", idAt);
  const end = text.indexOf('"', idAt + 1) + 1;
  return text.charCodeAt(end - 2) === 92 ? -1 : end;
}

function isSink(head) {
  const idEnd = idEndOf(head, 0);
  return idEnd > 0 && head.startsWith(`${CALL}sink","arguments":{"head":"`, idEnd);
}

function answer(text, at, end) {
  const idEnd = idEndOf(text, at);
  if (idEnd > 0 && text.startsWith(CALL, idEnd)) {
    const name = idEnd + CALL.length;
    if (text.startsWith('echo","arguments":{"text":"', name)) {
      const from = name + 27;
      const to = text.indexOf('"', from);
      if (to === end - END.length && text.startsWith(END, to)) {
        out += `${text.slice(at, idEnd)}${TEXT}${text.slice(from, to)}${RESULT_END}`;
        return;
      }
      // In the modern era a client says the same of itself in every call: behind what was parsed once nothing else can follow.
      const rest = text.slice(to, end);
      if (rest === knownRest) {
        out += `${text.slice(at, idEnd)}${TEXT}${text.slice(from, to)}${RESULT_END}`;
        return;
      }
      if (to > 0 && rest.startsWith('"},"_meta":{')) knownRest = rest;
    } else if (!text.startsWith(END, end - END.length)) {
      // Something follows the arguments: not the benchmark's own shape.
    } else if (text.startsWith('big","arguments":{"nonce":"', name)) {
      answerBig(text.slice(at, idEnd), text.slice(name + 27, end - END.length));
      return;
    } else if (text.startsWith('tokens","arguments":{"nonce":"', name)) {
      answerTokens(text.slice(at, idEnd), text.slice(name + 30, end - END.length));
      return;
    } else if (text.startsWith('sink","arguments":{"head":"', name)) {
      answerSink(text.slice(at, Math.min(end, at + KEEP)), text.slice(Math.max(at, end - KEEP), end), end - at);
      return;
    }
  }
  answerParsed(Buffer.from(text.slice(at, end), "latin1").toString("utf8"));
}

function answerBig(start, nonce) {
  prose ??= Buffer.from(proseBody(mebibyte), "latin1");
  writeLong(`${start}${TEXT}${nonce}`, prose, `${nonce}"}]}}\n`);
}

function answerTokens(start, nonce) {
  tokens ??= Buffer.from(tokenBody(mebibyte), "latin1");
  writeLong(`${start}${TEXT}${nonce}"}],"structuredContent":{"tokens":`, tokens, `,"nonce":"${nonce}"}}}\n`);
}

/** `arguments` is `{"head":NONCE,…,"tail":NONCE}`: answers with both nonces and the length of `arguments` in bytes. */
function answerSink(head, tail, size) {
  const from = head.indexOf('"arguments":') + 12;
  const nonceAt = from + 9;
  const first = head.slice(nonceAt, head.indexOf('"', nonceAt));
  const tailAt = tail.lastIndexOf('"tail":"') + 8;
  const last = tail.slice(tailAt, tail.lastIndexOf('"'));
  out += `${head.slice(0, idEndOf(head, 0))}${TEXT}${first}:${last}:${size - from - 2}"}]}}\n`;
}

function answerParsed(line) {
  const message = JSON.parse(line);
  if (message.id === undefined || message.method === undefined) return;
  const id = JSON.stringify(message.id);
  const reply = (json) => {
    out += `${START}${id},"result":${json}}\n`;
  };
  const params = message.params ?? {};
  const input = params.arguments ?? {};
  if (message.method === "server/discover" && isModern) {
    reply(JSON.stringify({ supportedVersions: ["2026-07-28"], capabilities: { tools: {} }, ...complete }));
  } else if (message.method === "initialize") {
    reply(
      JSON.stringify({
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "bench-core", version: "1.0.0" },
      }),
    );
  } else if (message.method === "tools/list") reply(toolsJson);
  else if (message.method === "ping") reply("{}");
  else if (message.method !== "tools/call") {
    out += `${START}${id},"error":{"code":-32601,"message":"no such method"}}\n`;
  } else if (params.name === "echo") reply(textResult(input.text));
  else if (params.name === "big") answerBig(START + id, input.nonce);
  else if (params.name === "tokens") answerTokens(START + id, input.nonce);
  else if (params.name === "sink") {
    reply(textResult(`${input.head}:${input.tail}:${Buffer.byteLength(JSON.stringify(input))}`));
  } else if (params.name === "digest") {
    reply(textResult(`${input.nonce}:${hashOf(JSON.stringify(input.data))}`));
  } else if (params.name === "leak") reply(textResult(`${input.nonce}:${process.env.TOKEN ?? "no TOKEN"}`));
  else out += `${START}${id},"error":{"code":-32602,"message":"no such tool"}}\n`;
}

function textResult(text) {
  return JSON.stringify({ content: [{ type: "text", text }], ...(isModern ? { resultType: "complete" } : {}) });
}

function flush() {
  if (out === "") return;
  stdout.write(out, "latin1");
  out = "";
}

function writeLong(head, body, tail) {
  stdout.write(Buffer.from(out + head, "latin1"));
  out = "";
  stdout.write(body);
  stdout.write(Buffer.from(tail, "latin1"));
}

function listTools(count) {
  const named = ["echo", "big", "tokens", "sink", "digest", "leak"];
  const names = Array.from({ length: count }, (_, n) => named[n] ?? `tool_${String(n).padStart(5, "0")}`);
  return {
    tools: names.map((name) => ({
      name,
      description: `Does what ${name} says with the text it is given, and answers in one text block that carries its nonce.`,
      inputSchema: {
        type: "object",
        properties: {
          text: { type: "string", description: "What to work on" },
          limit: { type: "integer", minimum: 1, maximum: 1000, description: "Stop after so many" },
        },
        required: ["text"],
      },
    })),
  };
}
