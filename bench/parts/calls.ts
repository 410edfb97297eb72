// The kinds of call that are measured: what is sent, and what the right answer to exactly that call is.
import { idMark, nonceMark } from "./frames.ts";
import { hashOf, mebibyte, proseBody, tokenBody } from "./payload.mjs";

export interface CallKind {
  /** The request with stand-ins for id and nonces; `tool` is the name as this subject exposes it. */
  request(tool: (native: string) => string): Buffer;
  /** Whether `result`, parsed, is the whole right answer to the call with `nonce`. */
  isAnswer(result: unknown, nonce: string): boolean;
  /** Payload bytes of one call, in the direction that is measured. */
  readonly payloadBytes: number;
  /** The client writes each call from a buffer of its own instead of batching. */
  readonly large: boolean;
}

const prose = proseBody(mebibyte);
const proseText: string = JSON.parse(`"${prose}"`);
const tokens = tokenBody(mebibyte);
const tokensHash = hashOf(JSON.stringify(JSON.parse(tokens)));

export const echo: CallKind = {
  request: (tool) => call(tool("echo"), `{"text":"${nonceMark}"}`),
  isAnswer: (result, nonce) => textOf(result) === nonce,
  payloadBytes: 0,
  large: false,
};

const said = '"io.modelcontextprotocol/';
/** What a modern client of today says of itself with each request. */
const envelope = `${said}protocolVersion":"2026-07-28",${said}clientInfo":{"name":"thehub-bench","version":"1.0.0"},${said}clientCapabilities":{"elicitation":{"form":{}}}`;

/** `echo` as a request of the modern era. */
export const modernEcho: CallKind = {
  ...echo,
  request: (tool) => {
    const message = echo.request(tool).toString("latin1");
    return Buffer.from(`${message.slice(0, -2)},"_meta":{${envelope}}}}`, "latin1");
  },
};

export const bigResult: CallKind = {
  request: (tool) => call(tool("big"), `{"nonce":"${nonceMark}"}`),
  isAnswer: (result, nonce) => textOf(result) === nonce + proseText + nonce,
  payloadBytes: mebibyte,
  large: false,
};

export const tokenResult: CallKind = {
  request: (tool) => call(tool("tokens"), `{"nonce":"${nonceMark}"}`),
  isAnswer(result, nonce) {
    const structured = (result as { structuredContent?: { tokens?: unknown; nonce?: unknown } }).structuredContent;
    return (
      textOf(result) === nonce &&
      structured?.nonce === nonce &&
      hashOf(JSON.stringify(structured.tokens)) === tokensHash
    );
  },
  payloadBytes: tokens.length,
  large: false,
};

export const bigArguments = sinkCall(`"text":"${prose}"`, mebibyte);
export const tokenArguments = sinkCall(`"tokens":${tokens}`, tokens.length);

/** The Core answers a sink with the first and the last value of its arguments and their length in bytes. */
function sinkCall(middle: string, payloadBytes: number): CallKind {
  const input = `{"head":"${nonceMark}",${middle},"tail":"${nonceMark}"}`;
  return {
    request: (tool) => call(tool("sink"), input),
    isAnswer: (result, nonce) => textOf(result) === `${nonce}:${nonce}:${input.length}`,
    payloadBytes,
    large: true,
  };
}

function call(name: string, input: string): Buffer {
  return Buffer.from(
    `{"jsonrpc":"2.0","id":${idMark},"method":"tools/call","params":{"name":"${name}","arguments":${input}}}`,
    "latin1",
  );
}

function textOf(result: unknown): string | undefined {
  return (result as { content?: { text?: string }[] } | undefined)?.content?.[0]?.text;
}

/** JSON values that the Core's `digest` tool answers with their hash: proof of the whole of a large argument. */
export const digestSamples: readonly string[] = [`"${prose}"`, tokens];
