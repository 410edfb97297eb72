// What a Core may ask a client, and what the client must have declared for it. Data, and the words of a refusal.
import { type ClientCapabilities, declares } from "../base/client-capabilities.ts";
import { type Frame, flatten } from "../wire/frame.ts";
import { findMember } from "../wire/json.ts";
import type { ParamKey } from "../wire/protocol-keys.ts";
import type { Scan } from "../wire/scan.ts";
import { stringAt } from "../wire/strings.ts";

/** JSON-RPC's own codes: what a Core is refused with is said in the words of the protocol, not of the hub. */
export interface AskRefusal {
  readonly code: -32600 | -32601 | -32602 | -32603;
  readonly message: string;
}

/** Declared to a Core whose questions are judged one by one, by what the client that is asked has declared. */
export const everyCapability: ClientCapabilities = {
  sampling: { tools: {}, context: {} },
  elicitation: { form: {}, url: {} },
  roots: {},
};

/** The params of what is asked: a range of `bytes`, or nothing. */
export interface AskParams {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

type Rule = (capabilities: ClientCapabilities, params: AskParams) => AskRefusal | undefined;

/** A method that is not here is asked of an instance's own client only, which says itself whether it knows it. */
const rules: Readonly<Record<string, Rule>> = {
  "sampling/createMessage": (capabilities, params) => {
    if (!declares(capabilities, "sampling")) return undeclared("sampling");
    const hasTools = memberText(params, "tools") !== undefined || memberText(params, "toolChoice") !== undefined;
    return hasTools && !declares(capabilities, "sampling", "tools") ? unsupported("sampling with tools") : undefined;
  },
  "elicitation/create": (capabilities, params) => {
    if (!declares(capabilities, "elicitation")) return undeclared("elicitation");
    const mode = memberText(params, "mode") ?? "form";
    return takesMode(capabilities, mode) ? undefined : unsupported(`elicitation in mode ${JSON.stringify(mode)}`);
  },
  "roots/list": (capabilities) => (declares(capabilities, "roots") ? undefined : undeclared("roots")),
};

/** Undefined where the client can be asked this. */
export function refusalOf(method: string, capabilities: ClientCapabilities, params: AskParams): AskRefusal | undefined {
  // A method is a word of the Core: what every object has is no rule.
  return isKnownAsk(method) ? rules[method]?.(capabilities, params) : undefined;
}

/** Whether the method is one that the hub knows the rules of. */
export function isKnownAsk(method: string): boolean {
  return Object.hasOwn(rules, method);
}

/** Whether a client's response is one: a Core takes what is none for no answer at all, and goes on waiting. What it says is the Core's to judge. */
export function isAnswer(frame: Frame, { resultStart, errorStart, errorEnd }: Scan): boolean {
  const bytes = flatten(frame);
  if (resultStart >= 0) return bytes[resultStart] === 0x7b;
  if (bytes[errorStart] !== 0x7b) return false;
  const code = findMember(bytes, errorStart, errorEnd, "code");
  const message = findMember(bytes, errorStart, errorEnd, "message");
  if (code === undefined || message === undefined) return false;
  return /^-?\d+$/.test(bytes.toString("latin1", code.start, code.end)) && bytes[message.start] === 0x22;
}

/** A client that names no mode fills in forms: there was nothing else when it was written. */
function takesMode(capabilities: ClientCapabilities, mode: string): boolean {
  if (declares(capabilities, "elicitation", mode)) return true;
  return mode === "form" && !declares(capabilities, "elicitation", "url");
}

function undeclared(capability: string): AskRefusal {
  return { code: -32601, message: `the client has not declared the capability ${capability}` };
}

function unsupported(what: string): AskRefusal {
  return { code: -32602, message: `the client has not declared that it takes ${what}` };
}

/** Of a member that is a string, what it says; of another one, that it is there. */
function memberText({ bytes, start, end }: AskParams, key: ParamKey): string | undefined {
  const range = start < 0 ? undefined : findMember(bytes, start, end, key);
  if (range === undefined) return undefined;
  return bytes[range.start] === 0x22 ? stringAt(bytes, range.start, range.end) : "";
}
