// Runs one part of the build through what happens at a start, in this process, and writes what V8 compiled for it to the file where the next
// start looks for it, whose name it prints. Usage: node warm-up.cjs dist/cli/serving.js
const fs = require("node:fs");
const { tmpdir } = require("node:os");
const { basename, join } = require("node:path");
const vm = require("node:vm");

const [part] = process.argv.slice(2);
let script;
let cacheFile;
/** Ends what was started. */
let stop = () => {};

const { readFileSync } = fs;
fs.readFileSync = (path, ...rest) => {
  if (String(path).endsWith(".cache")) {
    cacheFile = path;
    // What was compiled before must not be built on.
    throw new Error("not yet");
  }
  return readFileSync(path, ...rest);
};
const { Script } = vm;
vm.Script = class extends Script {
  constructor(...given) {
    super(...given);
    script = this;
  }
};

// What is compiled under other flags than Node's own is taken by no other process.
require("node:v8").setFlagsFromString = () => {};

const loaded = require(part);
fs.readFileSync = readFileSync;
vm.Script = Script;
const folder = fs.mkdtempSync(join(tmpdir(), "thehub-build-"));
const token = "of-the-build-only";
/** A Core with one tool. */
const core = `
const answers = {
  initialize: { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "warm", version: "1" } },
  "tools/list": { tools: [{ name: "warm", description: "Warm.", inputSchema: { type: "object", properties: {} } }] },
};
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: "2.0", id, result: answers[method] ?? { content: [] } }));
});`;

function manifest() {
  const file = join(folder, "hub.yaml");
  const warmCore = { command: process.execPath, args: ["-e", core], secrets: ["WARM"] };
  fs.writeFileSync(file, `cores:\n  warm: ${JSON.stringify(warmCore)}\n`);
  return file;
}

function terminal(stdout) {
  return {
    env: {
      PATH: process.env.PATH,
      HUB_STATE_DIR: join(folder, "state"),
      HUB_TOKEN: token,
      HUB_SECRET_WARM: "a-secret-of-the-build",
    },
    cwd: folder,
    stdin: process.stdin,
    stdout,
    stderr: process.stderr,
  };
}

async function check() {
  const problems = [];
  const code = await loaded.check(terminal({ write: (text) => problems.push(text) }), manifest(), {});
  if (code !== 0) throw new Error(problems.join(""));
}

/** Serves one client over each door, to the answer of a call. */
async function serve() {
  const address = await new Promise((resolve, reject) => {
    // With a terminal it says where it listens, once its Cores are up.
    const write = (text) => resolve(/http:\/\/127\.0\.0\.1:\d+/.exec(text)[0]);
    const given = terminal({ isTTY: true, write });
    // What it warns of is about this machine, not about the build.
    given.env.HUB_LOG_LEVEL = "error";
    const serving = loaded.runServing("serve", given, { manifest: manifest(), listen: "127.0.0.1:0" });
    serving.then((code) => reject(new Error(`the hub ended with ${code}`)), reject);
    stop = () => {
      process.kill(process.pid, "SIGTERM");
      return serving;
    };
  });
  await overHttp(address);
  await overWebSocket(address);
}

const messages = [
  {
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "build", version: "1" } },
  },
  { method: "notifications/initialized" },
  { id: 2, method: "tools/list" },
  { id: 3, method: "tools/call", params: { name: "warm__warm", arguments: {} } },
].map((message) => JSON.stringify({ jsonrpc: "2.0", ...message }));
const authorization = `Bearer ${token}`;

async function overHttp(address) {
  let session = {};
  for (const body of messages) {
    const headers = {
      authorization,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      ...session,
    };
    const response = await fetch(`${address}/mcp`, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    await response.text();
    session = { "mcp-session-id": response.headers.get("mcp-session-id") ?? session["mcp-session-id"] };
  }
}

function overWebSocket(address) {
  const { WebSocket } = require("ws");
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${address.replace("http", "ws")}/mcp`, "mcp", { headers: { authorization } });
    socket.on("error", reject);
    socket.on("open", () => {
      for (const message of messages) socket.send(message);
    });
    socket.on("message", (data) => {
      if (JSON.parse(String(data)).id === 3) resolve();
    });
  });
}

const warm = { "serving.js": serve, "check.js": check }[basename(part)];

warm()
  .then(() => {
    // Beside it and renamed: a hub that starts now must not find half of it.
    fs.writeFileSync(`${cacheFile}.draft`, script.createCachedData());
    fs.renameSync(`${cacheFile}.draft`, cacheFile);
    console.log(basename(cacheFile));
  })
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(stop)
  .finally(() => fs.rmSync(folder, { recursive: true, force: true }));
