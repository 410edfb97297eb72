import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createAuth } from "../../../src/identity/auth.ts";
import { staticTokens, type TokenClient } from "../../../src/identity/static-tokens.ts";
import { TokenFiles } from "../../../src/identity/token-files.ts";
import type { ClientToken } from "../../../src/manifest/manifest.ts";
import { MemoryLog } from "../../helpers/echo-doorkeeper.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-tokens-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const listed = (token: string, expires?: number): ClientToken => {
  return { t: "hash", sha256: createHash("sha256").update(token).digest("hex"), expires, note: undefined };
};

function scene(clients: readonly Partial<TokenClient>[]) {
  const clock = new FakeClock();
  const log = new MemoryLog();
  const learned: string[] = [];
  const files = new TokenFiles({ log, learned: (token) => learned.push(token.reveal()) });
  const whole = clients.map((client): TokenClient => {
    return { name: "a", tokens: [], allow: undefined, deny: [], admin: false, ...client };
  });
  files.take(whole.flatMap(({ tokens }) => tokens.flatMap((token) => (token.t === "file" ? [token.path] : []))));
  const auth = () => {
    const way = staticTokens({ clients: whole, files, clock });
    return createAuth(way === undefined ? [] : [way]);
  };
  const ask = (token: string) => {
    const result = auth().authenticate({ authorization: `Bearer ${token}` });
    assert.ok(!(result instanceof Promise));
    return result.t === "ok" ? result.principal : undefined;
  };
  return { clock, log, files, learned, auth, ask };
}

test("listed tokens: several of one client are good at once, each until its own end or its client's, whichever is first", () => {
  const start = new FakeClock().wall();
  const tokens = [listed("one", start + 1000), listed("two", start + 9000), listed("three")];
  const { clock, ask, auth } = scene([{ tokens, expires: start + 5000 }]);
  const caller = ask("one");
  assert.deepEqual(
    ["one", "two", "three"].map((token) => (ask(token)?.until ?? 0) - start),
    [1000, 5000, 5000],
  );
  clock.advance(1000);
  assert.deepEqual(
    ["one", "two", "three"].map((token) => ask(token)?.id),
    [undefined, "a", "a"],
  );
  assert.equal(caller === undefined ? caller : auth().again(caller), undefined);
  clock.advance(4000);
  assert.equal(ask("three"), undefined);
});

test("listed tokens: a client without a token keeps everybody else out all the same", () => {
  const { auth, ask } = scene([{ tokens: [] }]);
  assert.equal(auth().required, true);
  assert.equal(ask("anything"), undefined);
});

test("token files: their tokens are masked, and read again once the file has settled, links on the way included", async () => {
  const path = join(folder, "token");
  await writeFile(join(folder, "v1"), "first-token\n\n second-token \n");
  await writeFile(join(folder, "v2"), "third-token");
  await symlink("v1", path);
  const { files, ask, learned, log } = scene([{ tokens: [{ t: "file", path, expires: undefined, note: undefined }] }]);
  assert.deepEqual([ask("first-token")?.id, ask("second-token")?.id], ["a", "a"]);
  assert.deepEqual(learned, ["first-token", "second-token"]);
  for (let look = 0; look < 3; look++) await files.look();
  assert.equal(files.losses, 0, "nothing has changed");
  await symlink("v2", `${path}.new`);
  await rename(`${path}.new`, path);
  await files.look();
  assert.equal(files.losses, 0, "it may be half of it");
  await files.look();
  assert.equal(files.losses, 1);
  assert.deepEqual([ask("first-token")?.id, ask("third-token")?.id], [undefined, "a"]);
  assert.match(log.lines.join("\n"), /client_tokens_reloaded/);
  assert.doesNotMatch(log.lines.join("\n"), /(first|third)-token/);
});

test("token files: one that is not there, empty or no token lets nobody in, says so, and does once it is right", async () => {
  const path = join(folder, "late");
  const { files, ask, log } = scene([{ tokens: [{ t: "file", path, expires: undefined, note: undefined }] }]);
  assert.match(log.lines.join("\n"), /client_tokens_unusable .*cannot be read \(ENOENT\)/);
  const change = async (text: string) => {
    await writeFile(path, text);
    for (let look = 0; look < 2; look++) await files.look();
  };
  await change("\n");
  await change("two words\n");
  assert.match(log.lines.join("\n"), /is empty: write a token into it.*\n.*no header can carry/s);
  assert.equal(ask("two words"), undefined);
  await change("at-last");
  assert.equal(ask("at-last")?.id, "a");
});
