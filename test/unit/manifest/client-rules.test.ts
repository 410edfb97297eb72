import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadManifest } from "../../../src/manifest/load.ts";
import { parseMoment } from "../../../src/manifest/moments.ts";
import { resolveSettings } from "../../../src/manifest/settings.ts";
import { wayProblems } from "../../../src/manifest/way-problems.ts";
import { thehub } from "../../helpers/thehub.ts";
import { problemsOf } from "./load-text.ts";

const hash = (digit: string) => digit.repeat(64);
const withClient = (...lines: string[]) =>
  `cores: { a: { command: x } }\nclients:\n  c:\n${lines.map((line) => `    ${line}\n`).join("")}`;
const withoutPlace = (problems: readonly string[]) => problems.map((problem) => problem.replace(/^\d+:\d+ /, ""));

test("client rules: a client that nobody can be is an error, one that only comes by signed tokens says so", async () => {
  const [problem = "", ...more] = await problemsOf(withClient('allow: ["a.*"]'));
  assert.match(problem, /error clients\.c: none of token_sha256, tokens, .*certificate, socket.* is there/);
  assert.deepEqual(more, []);
  assert.deepEqual(await problemsOf(withClient("tokens: []")), []);
});

test("client rules: a token is a hash or a file, each there once", async () => {
  const found = await problemsOf(
    withClient(
      `token_sha256: ${hash("a")}`,
      "tokens:",
      "  - {}",
      `  - { sha256: ${hash("b")}, file: x }`,
      `  - { sha256: ${hash("A")} }`,
      "  - { file: ./x }",
      "  - { sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 }",
    ),
  );
  assert.deepEqual(withoutPlace(found), [
    "error clients.c.tokens[0]: says no token",
    "error clients.c.tokens[1]: is two tokens",
    "error clients.c.tokens[2].sha256: same token as clients.c.token_sha256 at hub.yaml:4:5",
    "error clients.c.tokens[3].file: same token as clients.c.tokens[1].file at hub.yaml:7:85",
    "error clients.c.tokens[4].sha256: this is the SHA-256 of an empty token",
  ]);
});

test("client rules: an end is a moment for everybody, and one that is over is told of", async () => {
  assert.deepEqual(parseMoment("2027-06-30T20:00:00+02:00"), { t: "ok", value: Date.UTC(2027, 5, 30, 18) });
  assert.deepEqual(parseMoment("2027-06-30T18:00Z"), { t: "ok", value: Date.UTC(2027, 5, 30, 18) });
  const wrong: readonly [string, RegExp][] = [
    ["2027-06-30", /says neither time nor zone/],
    ["2027-06-30T18:00:00", /says no zone/],
    ["2027-02-30T18:00:00Z", /is no day of any calendar/],
    ["2027-06-30T25:00:00Z", /is no day of any calendar, or no time/],
    ["tomorrow", /is no date/],
  ];
  for (const [text, message] of wrong) {
    const parsed = parseMoment(text);
    assert.ok(parsed.t === "bad");
    assert.match(parsed.message, message);
    const [problem = ""] = await problemsOf(withClient(`token_sha256: ${hash("a")}`, `expires: ${text}`));
    assert.match(problem, /error clients\.c\.expires: /);
  }
  assert.deepEqual(withoutPlace(await problemsOf(withClient("tokens: []", "expires: 2020-01-01T00:00:00Z"))), [
    "warning clients.c.expires: 2020-01-01T00:00:00Z is over: this lets nobody in",
  ]);
});

test("client rules: a socket is one client's, opens to its owner at least, and its path fits", async () => {
  const found = await problemsOf(
    `hub: { listen: "unix:/run/hub.sock" }\n${withClient("socket: { path: /run/hub.sock, mode: '0066' }")}  d:\n    socket: { path: /run/d.sock, mode: '0666' }\n  e:\n    socket: { path: ${`/${"x".repeat(110)}`} }\n`,
  );
  assert.match(found[0] ?? "", /error clients\.c\.socket\.path: \/run\/hub\.sock is already hub at hub\.yaml:1:1/);
  assert.match(found[1] ?? "", /error clients\.c\.socket\.mode: 0066 shuts the hub's own user out/);
  assert.match(found[2] ?? "", /warning clients\.d\.socket\.mode: 0666 lets every user of the machine in as d/);
  assert.match(found[3] ?? "", /error clients\.e\.socket\.path: .* is longer than 103 bytes/);
});

test("client rules: an admin has no socket, which a Core of the hub's user could open", async () => {
  const found = await problemsOf(withClient("socket: { path: /run/a.sock }", "admin: true"));
  assert.deepEqual(withoutPlace(found), [
    "error clients.c.socket: an admin does not come in by a socket: Cores run as the hub's user, and can open it as well",
  ]);
});

test("client rules: a certificate names what can be in one", async () => {
  assert.match(
    (await problemsOf(withClient("certificate: { subject: laptop }")))[0] ?? "",
    /"laptop" is no name of a certificate/,
  );
  assert.match((await problemsOf(withClient("certificate: {}")))[0] ?? "", /the map is empty/);
  assert.match((await problemsOf(withClient("certificate: { fingerprint_sha256: ab }")))[0] ?? "", /error/);
  const good = ["subject: [CN=a, CN=b]", "cn: a", "san_dns: a.example", `fingerprint_sha256: "${"AB:".repeat(31)}AB"`];
  assert.deepEqual(await problemsOf(withClient(`certificate: { ${good.join(", ")} }`)), []);
});

test("client rules: certificates that nobody can show, and a header that counts from nobody, are told of", () => {
  const loaded = loadManifest({ text: withClient("certificate: { cn: a }"), file: "hub.yaml", folder: "/" });
  assert.ok(loaded.t === "ok");
  const problems = (env: Record<string, string>) => {
    const resolved = resolveSettings({ env, cwd: "/", hub: loaded.manifest.hub });
    assert.ok(resolved.t === "ok");
    return wayProblems(loaded.manifest, resolved.settings).map(({ path, severity }) => `${severity} ${path}`);
  };
  assert.deepEqual(problems({}), ["warning clients.c.certificate"]);
  assert.deepEqual(problems({ HUB_CLIENT_CERTIFICATE_HEADER: "X-Client-Cert" }), [
    "warning hub.client_certificate_header",
  ]);
  assert.deepEqual(problems({ HUB_CLIENT_CERTIFICATE_HEADER: "X-Client-Cert", HUB_TRUSTED_PROXIES: "loopback" }), []);
});

test("client rules: check tells of token files that are not there, and hashes, and makes none of it an error", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-check-"));
  await writeFile(
    join(folder, "hub.yaml"),
    "cores: { a: { command: node } }\nclients:\n  c: { tokens: [{ file: nowhere }] }\n",
  );
  const { code, stdout } = await thehub(["check", "hub.yaml"], {}, folder);
  assert.equal(code, 0);
  assert.match(stdout, /warning: clients\.c\.tokens: .*nowhere cannot be read \(ENOENT\): it lets nobody in/);
  await rm(folder, { recursive: true });
});
