// What the authorization server keeps: over a restart, sealed, within bounds, and not longer than it is worth something.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { StateFile } from "../../../src/identity/builtin/state-file.ts";
import { type Grant, Store } from "../../../src/identity/builtin/store.ts";
import { MemoryLog } from "../../helpers/echo-doorkeeper.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { OAuthHouse } from "../../helpers/oauth-house.ts";

const day = 86_400_000;

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "thehub-oauth-store-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Opened {
  readonly store: Store;
  readonly ended: string[];
  readonly log: MemoryLog;
}

async function open(folder: string, clock: FakeClock, key?: string): Promise<Opened> {
  const log = new MemoryLog();
  const ended: string[] = [];
  const file = new StateFile(folder, key === undefined ? undefined : new Secret(key));
  const store = await Store.open({ clock, log, file, ended: ({ id }) => void ended.push(id), used: () => {} });
  return { store, ended, log };
}

function grantOf(store: Store, id: string, endsAt = Number.MAX_SAFE_INTEGER): Grant {
  const about = { holder: undefined, digest: "00", clientId: `client-${id}`, clientName: "Claude", host: "claude.ai" };
  return { id, ...about, cores: ["files"], readOnly: false, madeAt: store.nowMs(), endsAt };
}

test("oauth state: what was granted outlives the hub, and the file says nothing to who reads it", async () => {
  await inFolder(async (stateDir) => {
    let id = "";
    let refresh = "";
    let access = "";
    {
      await using house = await OAuthHouse.open({ stateDir });
      id = await house.client({ token_endpoint_auth_method: "client_secret_post" });
      const plain = await house.client();
      const { tokens } = await house.connect(plain);
      ({ refresh_token: refresh, access_token: access } = tokens);
      id = plain;
    }
    const file = join(stateDir, "oauth.json");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const text = await readFile(file, "utf8");
    for (const secret of [refresh, access, "Claude", "claude.ai", id]) assert.doesNotMatch(text, new RegExp(secret));
    await using again = await OAuthHouse.open({ stateDir });
    assert.ok(again.store.grantOf(access));
    assert.equal(again.store.grant(again.store.grants()[0]?.id ?? "")?.host, "claude.ai");
  });
});

test("oauth state: another key, or a file that was changed, begins with nothing and says so", async () => {
  await inFolder(async (folder) => {
    const clock = new FakeClock();
    const first = await open(folder, clock, "k".repeat(32));
    first.store.addGrant(grantOf(first.store, "a"));
    await first.store.saved();
    const other = await open(folder, clock, "x".repeat(32));
    assert.deepEqual(other.store.grants(), []);
    assert.match(other.log.lines.join(), /warn oauth_state_unreadable .*another key/);
    assert.equal((await open(folder, clock, `${"n".repeat(32)}\n${"k".repeat(32)}`)).store.grants().length, 1);
    await writeFile(join(folder, "oauth.json"), "{}");
    assert.match((await open(folder, clock, "k".repeat(32))).log.lines.join(), /oauth_state_unreadable/);
  });
});

test("oauth state: a folder that cannot be written to is told of, and the hub goes on", async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, "file"), "");
    const { store, log } = await open(join(folder, "file", "state"), new FakeClock(), "k".repeat(32));
    store.addGrant(grantOf(store, "a"));
    await store.saved();
    assert.match(log.lines.join(), /warn oauth_state_unwritable/);
    assert.equal(store.grants().length, 1);
  });
});

test("oauth state: a client that nothing was granted to is forgotten after a day, and one that was used is not", async () => {
  await inFolder(async (folder) => {
    const clock = new FakeClock();
    const { store, ended } = await open(folder, clock);
    store.put("Client", "client-used", {}, undefined);
    store.put("Client", "client-unused", {}, undefined);
    store.addGrant(grantOf(store, "used"));
    clock.advance(day + 1);
    assert.equal(store.find("Client", "client-unused"), undefined);
    assert.ok(store.find("Client", "client-used"));
    store.end("used");
    assert.deepEqual(ended, ["used"]);
    clock.advance(day + 1);
    assert.equal(store.find("Client", "client-used"), undefined);
  });
});

test("oauth state: a grant ends when it was to, or when nobody used it for 30 days", async () => {
  await inFolder(async (folder) => {
    const clock = new FakeClock();
    const { store } = await open(folder, clock);
    store.addGrant(grantOf(store, "short", store.nowMs() + day));
    store.addGrant(grantOf(store, "idle"));
    store.addGrant(grantOf(store, "used"));
    clock.advance(2 * day);
    assert.equal(store.grant("short"), undefined);
    clock.advance(20 * day);
    store.put("RefreshToken", "r", { grantId: "used" }, day);
    clock.advance(20 * day);
    assert.equal(store.grant("idle"), undefined);
    assert.ok(store.grant("used"));
  });
});

test("oauth state: a client that asks for tokens without end has the last ones", async () => {
  await inFolder(async (folder) => {
    const { store } = await open(folder, new FakeClock());
    store.addGrant(grantOf(store, "a"));
    for (let at = 0; at < 40; at++) {
      store.put("AccessToken", `access-${at}`, { grantId: "a" }, day);
      store.put("RefreshToken", `refresh-${at}`, { grantId: "a" }, day);
    }
    const left = (kind: "AccessToken" | "RefreshToken", name: string) =>
      Array.from({ length: 40 }, (_, at) => at).filter((at) => store.find(kind, `${name}-${at}`) !== undefined);
    assert.deepEqual(left("AccessToken", "access"), [32, 33, 34, 35, 36, 37, 38, 39]);
    assert.equal(left("RefreshToken", "refresh").length, 32);
  });
});
