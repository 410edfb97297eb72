import assert from "node:assert/strict";
import { test } from "node:test";
import { namespaceOf } from "../../../src/manifest/namespaces.ts";
import { load, problemsOf } from "./load-text.ts";

const hash = (digit: string) => digit.repeat(64);

test("rules: a namespace is the key made legal", () => {
  const cases: [string, string | undefined][] = [
    ["files", "files"],
    ["another_api", "another-api"],
    ["My Files!", "my-files"],
    ["Café", "cafe"],
    ["__x__", "x"],
    ["9gag", "core-9gag"],
    ["日本", undefined],
    ["", undefined],
  ];
  for (const [key, expected] of cases) assert.equal(namespaceOf(key), expected, key);
});

test("rules: two Cores of one namespace name both places, given or made", async () => {
  const text = "cores:\n  a_b: { command: x }\n  a-b: { command: x }\n  c:\n    command: x\n    namespace: a-b\n";
  assert.deepEqual(await problemsOf(text), [
    "2:3 info cores.a_b: the namespace is a-b, made from the key",
    "3:3 error cores.a-b: the namespace a-b is already that of cores.a_b at hub.yaml:2:3",
    "6:5 error cores.c.namespace: the namespace a-b is already that of cores.a_b at hub.yaml:2:3",
  ]);
});

test("rules: the namespace hub is reserved, however it comes about", async () => {
  const found = await problemsOf(
    "cores: { hub: { command: x }, Hub: { command: x }, a: { command: x, namespace: hub } }",
  );
  assert.equal(found.filter((line) => line.includes("the namespace hub is the hub's own")).length, 3);
});

test("rules: a disabled Core is still checked", async () => {
  assert.deepEqual(await problemsOf("cores: { a: { disabled: true } }"), ["1:10 error cores.a: command is missing"]);
});

test("rules: one token is one client", async () => {
  const text = `cores: { x: { command: y } }\nclients:\n  a: { token_sha256: ${hash("a")} }\n  b: { token_sha256: ${hash("A")} }\n`;
  assert.deepEqual(await problemsOf(text), [
    "4:22 error clients.b.token_sha256: same token as client a at hub.yaml:3:3",
  ]);
});

test("rules: the hash of nothing is not a token", async () => {
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const [found = ""] = await problemsOf(`cores: { x: { command: y } }\nclients: { a: { token_sha256: ${empty} } }\n`);
  assert.match(found, /SHA-256 of an empty token/);
});

test("rules: globs that would not work as they look are errors", async () => {
  for (const glob of ["a b", "", "files.{a,b}", "files.[ab]", "file?", "!files.*"]) {
    const found = await problemsOf(
      JSON.stringify({ hub: { policy: { deny_tools: [glob] } }, cores: { files: { command: "x" } } }),
    );
    assert.ok(
      found.some((line) => line.includes("error hub.policy.deny_tools[0]")),
      `${glob}: ${found.join()}`,
    );
  }
});

test("rules: rules that match something are taken without a word", async () => {
  const manifest = {
    hub: { policy: { deny_tools: ["*", "*.delete_*", "files.*", "fi*.read", "#prod"] } },
    cores: { files: { command: "x", tags: ["prod"], policy: { deny_tools: ["*", "read_*", "a.b"] } } },
  };
  assert.deepEqual(await problemsOf(JSON.stringify(manifest)), []);
});

test("rules: the hub's own credentials cannot be handed to a Core by any way", async () => {
  const manifest = {
    cores: {
      a: { command: "x", secrets: ["HUB_TOKEN"] },
      b: { command: "x", secrets: [{ name: "T", from: { env: "HUB_TOKEN" } }] },
      c: { command: "x", inherit_env: ["HUB_TOKEN", "HUB_SECRET_X"] },
      d: { command: "x", env: { HUB_METRICS_TOKEN: "y" } },
      e: { command: "x", secrets: [{ name: "T", from: { env: "HUB_SECRET_T" } }] },
    },
  };
  const found = (await problemsOf(JSON.stringify(manifest))).filter((line) => line.includes("error"));
  assert.deepEqual(
    found.map((line) => line.split(" ")[2]),
    [
      "cores.a.secrets[0]:",
      "cores.b.secrets[0].from.env:",
      "cores.c.inherit_env[0]:",
      "cores.c.inherit_env[1]:",
      "cores.d.env.HUB_METRICS_TOKEN:",
    ],
  );
});

test("rules: one variable has one source", async () => {
  const text = "cores:\n  a:\n    command: x\n    secrets: [A, A, B]\n    env: { B: y }\n    inherit_env: [B]\n";
  assert.deepEqual(await problemsOf(text), [
    "4:18 error cores.a.secrets[1]: A is listed twice",
    "5:12 error cores.a.env.B: B is also in secrets",
    "6:19 error cores.a.inherit_env[0]: B is also in secrets",
  ]);
});

test("rules: a secret in env or inherit_env is warned about", async () => {
  const found = await problemsOf(
    "cores:\n  a: { command: x, env: { API_KEY: y, EMPTY_TOKEN: '' }, inherit_env: [GH_TOKEN] }\n",
  );
  assert.deepEqual(found, [
    "2:27 warning cores.a.env.API_KEY: looks like a secret, and env is not masked",
    "2:72 warning cores.a.inherit_env[0]: GH_TOKEN looks like a secret, and inherited variables are not masked",
  ]);
});

test("rules: a credential written out in a header, a URL's query or an argument is warned about", async () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the manifest's own placeholders
  const headers = { Authorization: "Bearer abc", "X-Api-Key": "abc", "X-Auth-Token": "${secret:T}", "X-Org": "acme" };
  const args = ["--api-key", "abc", "--token=abc", "API_KEY=abc", "--header", "Authorization: Bearer abc"];
  const cores = {
    far: { url: "https://x.example/mcp?api_key=abc&page=2&token=${secret:T}&key=abc#password=abc", headers },
    near: { command: "x", args },
  };
  const found = await problemsOf(JSON.stringify({ cores }, undefined, 1));
  assert.deepEqual(found, [
    "4:11 warning cores.far.url: api_key in its query looks like a secret, and a URL is not masked",
    "4:11 warning cores.far.url: key in its query looks like a secret, and a URL is not masked",
    "6:5 warning cores.far.headers.Authorization: looks like a secret, and what a header says is not masked",
    "7:5 warning cores.far.headers.X-Api-Key: looks like a secret, and what a header says is not masked",
    "16:5 warning cores.near.args[1]: --api-key looks like a secret, and arguments are not masked",
    "17:5 warning cores.near.args[2]: --token looks like a secret, and arguments are not masked",
    "18:5 warning cores.near.args[3]: API_KEY looks like a secret, and arguments are not masked",
    "20:5 warning cores.near.args[5]: Authorization looks like a secret, and arguments are not masked",
  ]);
});

test("rules: what only names a credential, or says where it is, is none", async () => {
  const args = [
    ...["--token", "--verbose", "--token-file", "abc", "--max-tokens", "100", "--no-password", "abc", "--password="],
    ...["--private-key", "./id.pem", "--credentials=creds.json", "--secret", "/run/secrets/x", "--progress-token", "1"],
    ...["--token", "$TOKEN", "--token", "true", "token", "https://x/token:a", "--key", "tls", "password"],
  ];
  const url = "https://x.example/mcp?monkey=1&token=&tokens=3";
  const headers = { "X-Token": "", "X-Token-Kind": "abc" };
  assert.deepEqual(await problemsOf(JSON.stringify({ cores: { a: { command: "x", args }, b: { url, headers } } })), []);
  // Programs such as mcp-remote fill these in themselves: an error of its own says that the hub does not.
  const filled = await problemsOf(JSON.stringify({ cores: { a: { command: "x", args: ["X-Api-Key:${KEY}"] } } }));
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
  assert.deepEqual(filled, []);
});

test("rules: tokens and secrets of another kind are answered with an example, and nothing of them is repeated", () => {
  const clients = { a: { tokens: ["hidden-1"] }, b: { token_sha256: "hidden-2" }, c: { token_sha256: "hidden-2" } };
  const loaded = load(JSON.stringify({ clients, cores: { t: { command: "x", secrets: { X: "hidden-3" } } } }));
  assert.ok(loaded.t === "invalid" && !JSON.stringify(loaded).includes("hidden"));
  const hash = `write the 64 hexadecimal digits of the token's SHA-256: printf %s "$TOKEN" | sha256sum`;
  assert.deepEqual(
    loaded.problems.map(({ path, hint }) => [path, hint]),
    [
      ["clients.a.tokens[0]", 'for example {"file":"laptop.token"}'],
      ["clients.b.token_sha256", hash],
      ["clients.c.token_sha256", hash],
      ["cores.t.secrets", 'for example secrets: ["API_TOKEN"]'],
    ],
  );
});

test("rules: placeholders that are not filled in are told of, wherever another program would fill them in", () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the manifest's own placeholders
  const loaded = load(`cores:
  local:
    command: node
    args: ["\${OF_ITS_OWN}", "\${}", "$HOME"]
    env: { API_KEY: "\${API_KEY}", MODE: "\${MODE:-fast}", PATTERN: "\${time} \${level}" }
  remote:
    url: "https://\${env:HOST}/mcp?k=\${secret:KEY}"
    headers:
      Authorization: "Bearer \${TOKEN}"
      X-Api-Key: "\${env:API_KEY}"
      X-A: "\${secret:my-key}"
      X-B: "\${secret:B}\${env:C-D}"
      X-D: "\${secret:D}\${env:E}"
      X-H: "\${env:HUB_TOKEN}"
  signed-in:
    url: "https://\${env:HOST}/mcp"
    auth: { oauth: {} }
`);
  assert.ok(loaded.t === "invalid");
  assert.deepEqual(
    loaded.problems.map(({ severity, path, message, hint }) => `${severity} ${path}: ${message}; ${hint}`),
    [
      "warning cores.local.env.API_KEY: ${API_KEY} is not filled in, and goes on as it stands; set API_KEY where the hub is started, and write secrets: [API_KEY], or inherit_env: [API_KEY] if it is no secret",
      "warning cores.local.env.MODE: ${MODE:-fast} is not filled in, and goes on as it stands; set MODE where the hub is started, and write secrets: [MODE], or inherit_env: [MODE] if it is no secret",
      "warning cores.remote.headers.Authorization: ${TOKEN} is not filled in, and goes on as it stands; write ${secret:TOKEN}, or ${env:TOKEN} if it is no secret, or its value",
      "warning cores.remote.headers.X-Api-Key: looks like a secret, and what a header says is not masked; write ${secret:API_KEY}, which is sought in the variable API_KEY as well",
      "error cores.remote.headers.X-A: ${secret:my-key} is not supported by this version yet; instead: name a secret by letters, digits and _",
      "error cores.remote.headers.X-B: ${env:C-D} is not supported by this version yet; instead: name a variable by letters, digits and _",
      "error cores.remote.headers.X-H: HUB_TOKEN is the hub's own; give the Core a credential of its own, as a secret",
      "error cores.signed-in.url: a login is looked up by this address; write it out, and what is secret into headers",
    ],
  );
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the manifest's own placeholders
});

test("rules: placeholders that are not replaced yet are errors where a Core would see them", async () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the manifest's own placeholders
  const manifest = {
    cores: { a: { command: "${env:CMD}", args: ["--key=${secret:K}"], cwd: "${env:D}", env: { X: "$HOME ${plain}" } } },
  };
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
  const found = await problemsOf(JSON.stringify(manifest));
  assert.deepEqual(
    found.map((line) => line.split(": ")[0]?.split(" ")[2]),
    ["cores.a.command", "cores.a.args[0]", "cores.a.cwd"],
  );
});

test("rules: an exposed name must be short enough for hub.names.max_length", async () => {
  const text = `hub: { names: { max_length: 16 } }\ncores:\n  a: { command: x, tools: { t: { expose: ${"n".repeat(17)} } } }\n`;
  assert.deepEqual(await problemsOf(text), [
    "3:34 error cores.a.tools.t.expose: 17 characters: longer than hub.names.max_length 16",
  ]);
});

test("rules: every namespace that a Core may have can begin the scheme of a prefixed uri", async () => {
  const core = (namespace: string) =>
    problemsOf(JSON.stringify({ cores: { x: { command: "x", namespace, resources: { uris: "prefixed" } } } }));
  for (const legal of ["a", "a9", "my-files-"]) assert.deepEqual(await core(legal), []);
  for (const illegal of ["9a", "a_b", "-a", "A", "a+b", "ä"]) {
    assert.match((await core(illegal)).join(), /error cores\.x\.namespace/, illegal);
  }
});
