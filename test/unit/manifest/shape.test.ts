import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load-text.ts";

/** What is said of one Core's keys, hints included. */
function saidOf(keys: string): string[] {
  const loaded = load(`cores:\n  a:\n    command: x\n    ${keys.replaceAll("\n", "\n    ")}\n`);
  return (loaded.t === "ok" ? loaded.warnings : loaded.problems).map(
    ({ path, message, hint }) => `${path}: ${message}; ${hint}`,
  );
}

test("shape: what must be text and is a number is quoted as it was written, not as it was read", () => {
  const text = [
    "args: [3.10, 12345678901234567890, 0o644, 0x1F, 08, True]",
    "env: { PYTHON: 3.10, GUILD: 1234567890123456789 }",
  ];
  assert.deepEqual(saidOf(text.join("\n")), [
    'cores.a.args[0]: must be text, not 3.10; put it in quotes: "3.10"',
    'cores.a.args[1]: must be text, not 12345678901234567890; put it in quotes: "12345678901234567890"',
    'cores.a.args[2]: must be text, not 0o644; put it in quotes: "0o644"',
    'cores.a.args[3]: must be text, not 0x1F; put it in quotes: "0x1F"',
    'cores.a.args[4]: must be text, not 08; put it in quotes: "08"',
    'cores.a.args[5]: must be text, not True; put it in quotes: "True"',
    'cores.a.env.PYTHON: must be text, not 3.10; put it in quotes: PYTHON: "3.10"',
    'cores.a.env.GUILD: must be text, not 1234567890123456789; put it in quotes: GUILD: "1234567890123456789"',
  ]);
});

test("shape: a number behind an alias is quoted as its anchor has it", () => {
  const loaded = load("cores:\n  a: { command: x, args: [&v 1.10] }\n  b: { command: x, args: [*v] }\n");
  assert.ok(loaded.t === "invalid");
  assert.deepEqual(
    loaded.problems.map(({ hint }) => hint),
    ['put it in quotes: "1.10"', 'put it in quotes: "1.10"'],
  );
});

test("shape: what may be a credential is not repeated, wherever it was put", () => {
  const secret = "sk-live-0123456789";
  const places = [
    `auth: "Bearer ${secret}"`,
    `auth: { bearer: ${secret} }`,
    `headers: "Authorization: Bearer ${secret}"`,
    `headers: { X-Api-Key: [${secret}] }`,
    `env: TOKEN=${secret}`,
    `secrets: { TOKEN: ${secret} }`,
    "env: { API_TOKEN: 1234567890123456789 }",
  ];
  for (const place of places) {
    const said = saidOf(place).join("\n");
    assert.match(said, /must be|not allowed/, place);
    assert.doesNotMatch(said, /sk-live|1234567890/, place);
  }
  const client = load(`cores: {}\nclients: { laptop: ${secret} }\nhub: { auth: ${secret} }\n`);
  assert.ok(client.t === "invalid");
  assert.doesNotMatch(JSON.stringify(client.problems), /sk-live/);
});

test("shape: a time with a unit is written as the milliseconds that the key wants", () => {
  assert.deepEqual(
    saidOf(
      "policy: { timeout_ms: 30s, max_timeout_ms: 1.5 m }\nhealth: { startup_timeout_ms: 250ms, max_restarts: 5s }",
    ),
    [
      'cores.a.policy.timeout_ms: must be a whole number, not "30s"; write it in milliseconds: timeout_ms: 30000',
      'cores.a.policy.max_timeout_ms: must be a whole number, not "1.5 m"; write it in milliseconds: max_timeout_ms: 90000',
      'cores.a.health.startup_timeout_ms: must be a whole number, not "250ms"; write it in milliseconds: startup_timeout_ms: 250',
      'cores.a.health.max_restarts: must be a whole number, not "5s"; write a whole number from 0 to 1000000',
    ],
  );
});

test("shape: the configuration of a client is led into a manifest, key by key", () => {
  const loaded = load(`{
  "inputs": [],
  "mcpServers": {},
  "cores": {
    "wiki": { "type": "http", "serverUrl": "https://wiki.example/mcp", "timeout": 60, "alwaysAllow": ["a"] },
    "files": { "type": "stdio", "command": "npx", "envFile": ".env", "enabled": false, "excludeTools": ["a"] }
  }
}`);
  assert.ok(loaded.t === "invalid");
  const hints = loaded.problems.map(({ path, hint }) => `${path}: ${hint}`);
  assert.deepEqual(hints, [
    "inputs: remove it: what a Core is not to have in the clear is under its secrets",
    "mcpServers: did you mean cores?",
    "cores.wiki.type: remove it: command or url says it; a url of HTTP+SSE alone has transport: sse",
    "cores.wiki.serverUrl: did you mean url?",
    "cores.wiki.timeout: write policy: { timeout_ms: … }",
    "cores.wiki.alwaysAllow: remove it: whether a call may be made without asking is for the client to say",
    "cores.files.type: remove it: command or url says it; a url of HTTP+SSE alone has transport: sse",
    "cores.files.envFile: write secrets: [NAME] for each of its variables, and set HUB_SECRET_NAME or HUB_SECRETS_DIR",
    "cores.files.enabled: remove it, or write disabled: true where it is false",
    "cores.files.excludeTools: write policy: { deny_tools: […] }",
  ]);
});

test("shape: a NUL character is nothing that a program can be given, wherever it stands, and so are other control characters in names", () => {
  const said = saidOf(
    'args: ["x\\0y"]\nenv: { D: "e\\0f" }\ncwd: "/tm\\0p"\nsecrets: [{ name: T, from: { command: ["a\\0"] } }, { name: U, from: { file: "f\\0" } }]',
  );
  assert.deepEqual(
    said.map((text) => text.replace(/: .*; /, ": ")),
    [
      "cores.a.args[0]: remove the NUL character",
      "cores.a.env.D: remove the NUL character",
      "cores.a.cwd: write one line of text that is not blank",
      "cores.a.secrets[0].from.command[0]: remove the NUL character",
      "cores.a.secrets[1].from.file: write one line of text that is not blank",
    ],
  );
  for (const command of ["a\\0b", "\\0", "a\\x01b", "a\\x1b[2Jb"]) {
    const loaded = load(`cores:\n  a:\n    command: "${command}"\n`);
    assert.ok(loaded.t === "invalid", command);
    assert.equal(loaded.problems[0]?.path, "cores.a.command");
  }
});
