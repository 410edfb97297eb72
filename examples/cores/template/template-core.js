#!/usr/bin/env node
// An MCP server in one file, without a dependency: a start for a Core of your own. Copy it, then change three things: the
// tools, the resources and the prompts. The part below "The protocol" rarely needs a change.
//
// How it speaks: one JSON-RPC message per line, on stdin and stdout. stdout carries nothing else; what a person should
// read goes to stderr, which the hub puts into its log with this Core's name.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

// ---------------------------------------------------------------------------------------------------------- Tools
//
// `run` gets the arguments and a context: { signal, progress(done, total, message), log(level, data) }.
// It returns a result (see `text` and `structured`), or throws an Error whose message the model will read.

const tools = [
  {
    name: "echo",
    title: "Echo",
    description: "Returns the text it is given.",
    inputSchema: {
      type: "object",
      properties: { text: { type: "string", description: "What to say" } },
      required: ["text"],
    },
    // Hints for clients. A tool that only reads says so; one that destroys says `destructiveHint: true`, and the hub
    // hides it unless the manifest allows it.
    annotations: { readOnlyHint: true, openWorldHint: false },
    run: ({ text: said }) => text(requireString(said, "text")),
  },
  {
    name: "add",
    title: "Add two numbers",
    description: "Adds two numbers. The sum comes as text and as structured content.",
    inputSchema: {
      type: "object",
      properties: { a: { type: "number" }, b: { type: "number" } },
      required: ["a", "b"],
    },
    // With an output schema, clients may rely on the shape of `structuredContent`.
    outputSchema: { type: "object", properties: { sum: { type: "number" } }, required: ["sum"] },
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    run: ({ a, b }) => structured({ sum: requireNumber(a, "a") + requireNumber(b, "b") }),
  },
  {
    name: "countdown",
    title: "Count down",
    description: "Counts down to zero and reports each step as progress. Can be cancelled.",
    inputSchema: {
      type: "object",
      properties: {
        from: { type: "integer", minimum: 1, maximum: 1000, default: 5 },
        interval_ms: { type: "integer", minimum: 0, maximum: 60000, default: 1000, description: "Wait between steps" },
      },
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
    async run({ from = 5, interval_ms: intervalMs = 1000 }, { signal, progress, log }) {
      const steps = requireNumber(from, "from");
      log("info", `counting down from ${steps}`);
      for (let done = 1; done <= steps; done++) {
        // Ends early, by an error that nobody will see, when the call is cancelled.
        await sleep(requireNumber(intervalMs, "interval_ms"), undefined, { signal });
        progress(done, steps, `${steps - done} to go`);
      }
      return text("lift-off");
    },
  },
];

// ------------------------------------------------------------------------------------------------------ Resources

const about = {
  uri: "template://about",
  name: "about",
  title: "About this Core",
  description: "What the template Core is for.",
  mimeType: "text/markdown",
};

const greeting = {
  uriTemplate: "template://greeting/{name}",
  name: "greeting",
  title: "A greeting",
  description: "A greeting for whoever is named in the address.",
  mimeType: "text/plain",
};

/** The text behind an address, or undefined when there is none. */
function readResource(uri) {
  if (uri === about.uri) return { mimeType: about.mimeType, text: "# Template Core\n\nCopy me and make me yours.\n" };
  const name = /^template:\/\/greeting\/([^/]+)$/.exec(uri)?.[1];
  return name === undefined ? undefined : { mimeType: greeting.mimeType, text: `Hello, ${decodeURIComponent(name)}!` };
}

// -------------------------------------------------------------------------------------------------------- Prompts

const greetingsByLanguage = {
  dutch: "Hallo",
  english: "Hello",
  french: "Bonjour",
  german: "Guten Tag",
  spanish: "Hola",
};

const prompts = [
  {
    name: "greet",
    title: "Greet someone",
    description: "Asks the model to greet someone in a language.",
    arguments: [
      { name: "name", description: "Whom to greet", required: true },
      { name: "language", description: `One of: ${Object.keys(greetingsByLanguage).join(", ")}` },
    ],
    messages: ({ name, language = "english" }) => {
      const hello = greetingsByLanguage[language];
      if (hello === undefined) throw new RequestError(invalidParams, `no greeting in ${language}`);
      return [{ role: "user", content: { type: "text", text: `Greet ${name} warmly. Begin with "${hello}".` } }];
    },
  },
];

/** What could complete a value that someone is typing. `ref` names the prompt or the resource template. */
function complete(ref, argument) {
  if (ref.type === "ref/prompt" && ref.name === "greet" && argument.name === "language") {
    return Object.keys(greetingsByLanguage).filter((language) => language.startsWith(argument.value));
  }
  return [];
}

// --------------------------------------------------------------------------------------------------- The protocol
//
// Method → what to answer. A method that is missing here is answered with "method not found".

const methods = {
  initialize: ({ protocolVersion }) => ({
    // Agree to the version asked for if it is known, otherwise offer the newest; the client decides then.
    protocolVersion: versions.includes(protocolVersion) ? protocolVersion : versions[0],
    capabilities: { tools: {}, resources: {}, prompts: {}, completions: {}, logging: {} },
    serverInfo: { name: "template-core", title: "Template Core", version: "1.0.0" },
    instructions: "An example. Use echo, add and countdown to try the connection.",
  }),
  ping: () => ({}),
  "tools/list": () => ({ tools: tools.map(withoutFunctions) }),
  "tools/call": callTool,
  "resources/list": () => ({ resources: [about] }),
  "resources/templates/list": () => ({ resourceTemplates: [greeting] }),
  "resources/read": ({ uri }) => {
    const content = readResource(uri);
    if (content === undefined) throw new RequestError(-32002, `no resource ${uri}`);
    return { contents: [{ uri, ...content }] };
  },
  "prompts/list": () => ({ prompts: prompts.map(withoutFunctions) }),
  "prompts/get": ({ name, arguments: args = {} }) => {
    const prompt = prompts.find((candidate) => candidate.name === name);
    if (prompt === undefined) throw new RequestError(invalidParams, `no prompt ${name}`);
    const missing = prompt.arguments.find((argument) => argument.required && args[argument.name] === undefined);
    if (missing !== undefined) throw new RequestError(invalidParams, `argument ${missing.name} is missing`);
    return { description: prompt.description, messages: prompt.messages(args) };
  },
  "completion/complete": ({ ref, argument }) => {
    const values = complete(ref, argument);
    return { completion: { values: values.slice(0, 100), total: values.length, hasMore: values.length > 100 } };
  },
  "logging/setLevel": ({ level }) => {
    if (!levels.includes(level)) throw new RequestError(invalidParams, `no log level ${level}`);
    leastLevel = level;
    return {};
  },
};

const versions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
const levels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];
const invalidParams = -32602;
let leastLevel = "info";

/** Requests under way: id → what cancels it. */
const running = new Map();

/** An error that answers the request itself: a wrong name, wrong parameters. What fails inside a tool is a result instead. */
class RequestError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

async function callTool({ name, arguments: args = {}, _meta: meta }, signal) {
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool === undefined) throw new RequestError(invalidParams, `no tool ${name}`);
  const progressToken = meta?.progressToken;
  const progress = (done, total, message) => {
    // Progress is sent to those only who asked for it by giving a token.
    if (progressToken === undefined) return;
    notify("notifications/progress", { progressToken, progress: done, total, message });
  };
  try {
    return await tool.run(args, { signal, progress, log });
  } catch (error) {
    // The model reads this and may try again with better arguments.
    return { ...text(error.message), isError: true };
  }
}

async function answer({ id, method, params = {} }) {
  const cancelling = new AbortController();
  running.set(id, cancelling);
  try {
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (handler === undefined) throw new RequestError(-32601, `no method ${method}`);
    const result = await handler(params, cancelling.signal);
    // Nobody waits for the answer to a cancelled request.
    if (!cancelling.signal.aborted) send({ id, result });
  } catch (error) {
    if (!cancelling.signal.aborted) send({ id, error: { code: error.code ?? -32603, message: error.message } });
  } finally {
    running.delete(id);
  }
}

function receive(line) {
  let message;
  try {
    message = JSON.parse(line);
  } catch {
    send({ id: null, error: { code: -32700, message: "not JSON" } });
    return;
  }
  if (message.method === "notifications/cancelled") running.get(message.params?.requestId)?.abort();
  else if (message.method !== undefined && message.id !== undefined) void answer(message);
  // Other notifications need no reaction, and this server asks its client nothing, so no responses come.
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}

function notify(method, params) {
  send({ method, params });
}

/** A log line for the client, if it wants lines of that importance. */
function log(level, data) {
  if (levels.indexOf(level) < levels.indexOf(leastLevel)) return;
  notify("notifications/message", { level, logger: "template-core", data });
}

// --------------------------------------------------------------------------------------------------- Small helpers

function text(value) {
  return { content: [{ type: "text", text: value }] };
}

/** Structured content, with the same as text for clients that know only text. */
function structured(value) {
  return { ...text(JSON.stringify(value)), structuredContent: value };
}

/** A list entry as the client sees it: everything but the code behind it. */
function withoutFunctions(entry) {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => typeof value !== "function"));
}

function requireString(value, name) {
  if (typeof value !== "string") throw new Error(`${name} must be a string`);
  return value;
}

function requireNumber(value, name) {
  if (typeof value !== "number") throw new Error(`${name} must be a number`);
  return value;
}

// The end of stdin is the request to leave: the hub closes it first when it stops a Core.
createInterface({ input: process.stdin })
  .on("line", receive)
  .on("close", () => process.exit(0));
// The hub went away while something was being written: there is nobody left to tell.
process.stdout.on("error", () => process.exit(0));
