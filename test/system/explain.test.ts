// `thehub explain` on a manifest with a rule at every layer.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inline } from "../helpers/hub-process.ts";
import { type Ran, thehub } from "../helpers/thehub.ts";

const hash = "a".repeat(64);
const manifest = `hub:
  policy: { deny_tools: ["*.crash"] }
clients:
  laptop:
    token_sha256: ${hash}
    allow: ["echo.*", "wiki.greet"]
    deny:
      - "echo.sl*"
    arguments: { "echo.echo": { required: [path] } }
  reader: { token_sha256: ${hash.replaceAll("a", "b")}, read_only: true }
  ops: { jwt: { issuer: "https://id.example", groups: [ops] } }
  eng: { jwt: { issuer: "https://id.example", groups: [eng] }, read_only: true }
cores:
  echo: { ${inline("echo.mjs")}, policy: { deny_tools: [hang] }, tools: { pid: { hidden: true } } }
`;

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-explain-"));
  await writeFile(join(folder, "hub.yaml"), manifest);
  const broken = "  down: { command: node, args: [/nowhere.mjs] }\n";
  await writeFile(join(folder, "broken.yaml"), manifest.replace("cores:\n", `cores:\n${broken}`));
});

after(() => rm(folder, { recursive: true }));

const explain = (...args: string[]): Promise<Ran> => {
  return thehub(
    ["explain", ...args],
    { HUB_STATE_DIR: join(folder, "state"), HUB_PUBLIC_URL: "https://hub.example" },
    folder,
  );
};

test("explain: names the rule that decides, its place, and what would change it", async () => {
  const denied = await explain("laptop", "echo__slow");
  assert.equal(denied.code, 1, denied.stderr);
  assert.equal(
    denied.stdout,
    [
      "tool echo.slow of core echo (exposed as echo__slow): not allowed for laptop",
      "  why: the client's deny has it",
      '  by: clients.laptop.deny[0] "echo.sl*" (hub.yaml:8:9)',
      '  to change it: take "echo.sl*" out of clients.laptop.deny',
      "",
    ].join("\n"),
  );
  const { code, stdout } = await explain("laptop", "echo");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^tool echo\.echo .*: allowed for laptop\n.*\n {2}by: clients\.laptop\.allow\[0\] "echo\.\*" \(hub\.yaml:6:13\)\n/,
  );
  assert.match(stdout, /when called: clients\.laptop\.arguments\["echo\.echo"\] \(hub\.yaml:9:31\)/);
});

test("explain: has a reason for every layer, as JSON too", async () => {
  const cases: readonly [client: string, name: string, code: number, reason: string, path: string | undefined][] = [
    ["laptop", "echo.crash", 1, "hub_denied", "hub.policy.deny_tools[0]"],
    ["laptop", "hang", 1, "core_denied", "cores.echo.policy.deny_tools[0]"],
    ["token", "pid", 1, "override", "cores.echo.tools.pid.hidden"],
    ["reader", "echo", 1, "client_read_only", "clients.reader.read_only"],
    ["reader", "fixture://item/7", 0, "allowed", undefined],
    ["anonymous", "echo.greet", 0, "allowed", undefined],
  ];
  const runs = await Promise.all(cases.map(([client, name]) => explain(client, name, "--json")));
  for (const [at, [client, name, code, reason, path]] of cases.entries()) {
    const { stdout, stderr, code: exit } = runs[at] as Ran;
    const { allowed, found } = JSON.parse(stdout || "{}");
    const said = [exit, allowed, found?.[0]?.reason, found?.[0]?.by?.path];
    assert.deepEqual(said, [code, code === 0, reason, path], `${client} ${name}: ${stderr}`);
  }
});

test("explain: what is nowhere is told apart from what a Core may have that is not up", async () => {
  const nowhere = await explain("laptop", "echo.eco");
  assert.deepEqual([nowhere.code, nowhere.stdout], [1, ""]);
  assert.match(nowhere.stderr, /no core has "echo\.eco"; did you mean echo\.echo\?/);
  const down = await explain("laptop", "down.thing", "--manifest", "broken.yaml");
  assert.equal(down.code, 3);
  assert.match(down.stderr, /core "down" is/);
  const nobody = await explain("laptp", "echo");
  assert.equal(nobody.code, 2);
  assert.match(nobody.stderr, /there is no client "laptp"; did you mean laptop\?/);
});

test("explain: says whose the claims of a token are, and goes on as that client", async () => {
  const claims = { iss: "https://id.example", sub: "alice", groups: ["eng"] };
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return name;
  };
  const asJson = await explain("--claims", await file("claims.json", JSON.stringify(claims)), "echo.slow");
  assert.equal(asJson.code, 1, asJson.stderr);
  assert.match(
    asJson.stdout,
    /^these claims are client eng, by clients\.eng\.jwt \(hub\.yaml:12:15\)\n {2}not ops: groups is \["eng"\], without "ops"\n/,
  );
  assert.match(asJson.stdout, /tool echo\.slow .*: not allowed for eng\n {2}why: the client is read_only/);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ alg: "ES256" })}.${part({ ...claims, groups: ["ops"] })}.c2ln`;
  const asToken = await explain("--claims", await file("token", `${token}\n`), "echo.slow", "--json");
  const { client, others, allowed } = JSON.parse(asToken.stdout);
  assert.deepEqual([asToken.code, client, others, allowed], [0, "ops", [], true]);
  const nobody = await explain("--claims", await file("other.json", '{"iss":"https://evil.example"}'), "echo.slow");
  assert.equal(nobody.code, 1);
  assert.match(
    nobody.stdout,
    /^these claims are no client's: a token with these claims is refused\n {2}not ops: iss is "https:\/\/evil/,
  );
  for (const [text, words] of [
    ["hush", ["echo"]],
    ["{}", ["eng", "echo"]],
    ["{}", []],
  ] as const) {
    const wrong = await explain("--claims", await file("wrong", text), ...words);
    assert.equal(wrong.code, 2);
    assert.doesNotMatch(wrong.stderr, /hush/);
  }
});
