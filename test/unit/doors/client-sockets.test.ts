import assert from "node:assert/strict";
import { once } from "node:events";
import { statSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { groupId } from "../../../src/base/group-id.ts";
import { checkSocketFolder, openSocketTo } from "../../../src/doors/unix-socket.ts";
import { createAuth } from "../../../src/identity/auth.ts";
import { sockets } from "../../../src/identity/sockets.ts";
import { DoorServer } from "../../helpers/door-server.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-sock-"));
});
after(() => rm(folder, { recursive: true, force: true }));

test("client sockets: a folder in which every user may replace it is refused, with the sticky bit it is not", async () => {
  const path = join(folder, "s.sock");
  await chmod(folder, 0o777);
  assert.throws(() => checkSocketFolder(path), {
    code: "usage",
    message: /every user may replace what is in .*chmod o-w/,
  });
  for (const mode of [0o1777, 0o775, 0o700]) {
    await chmod(folder, mode);
    checkSocketFolder(path);
  }
});

test("client sockets: the mode is what the manifest says as soon as anybody is told that it is there", async () => {
  const path = join(folder, "m.sock");
  const access = { mode: 0o660, group: process.getgid?.() };
  await using server = await DoorServer.open({ http: { addresses: [{ t: "unix", path, access }] } });
  assert.equal(statSync(path).mode & 0o777, 0o660);
  const socket = connect({ path });
  await once(socket, "connect");
  socket.destroy();
  assert.ok(server.server.addresses.includes(`unix:${path}`));
});

test("client sockets: one whose mode cannot be set is refused by name", () => {
  const path = join(folder, "not-there");
  assert.throws(() => openSocketTo(path, { mode: 0o660, group: undefined }), {
    code: "usage",
    message: `cannot listen on unix:${path}: ENOENT`,
  });
});

test("client sockets: a group is found by its name, a number is itself, and one that is not there is none", async () => {
  assert.equal(await groupId("12345"), 12345);
  assert.equal(await groupId("root"), process.platform === "darwin" ? undefined : 0);
  assert.equal(await groupId("no-such-group-here"), undefined);
});

test("client sockets: whoever came in by it is its client, until its entry or its end is over", () => {
  const clock = new FakeClock();
  const client = (expires?: number) => {
    const socket = { path: "/run/a.sock", mode: 0o600, group: undefined };
    return { name: "a", allow: ["x.*"], deny: [], admin: false, expires, socket };
  };
  const authOf = (...clients: Parameters<typeof sockets>[0]) => {
    const way = sockets(clients, clock);
    return createAuth(way === undefined ? [] : [way]);
  };
  const auth = authOf(client(clock.wall() + 1000));
  const result = auth.authenticate({ socket: "/run/a.sock" });
  assert.ok(!(result instanceof Promise) && result.t === "ok");
  assert.deepEqual([result.principal.id, result.principal.allow], ["a", ["x.*"]]);
  assert.deepEqual(auth.authenticate({ socket: "/run/b.sock" }), { t: "refused", reason: "missing" });
  assert.deepEqual(auth.authenticate({}), { t: "refused", reason: "missing" });
  const moved = { ...client(), socket: { path: "/run/b.sock", mode: 0o600, group: undefined } };
  assert.equal(authOf(moved).again(result.principal), undefined);
  assert.equal(authOf({ ...client(), name: "b" }).again(result.principal), undefined, "it is another client's now");
  assert.equal(auth.again(result.principal)?.id, "a");
  clock.advance(1000);
  assert.equal(auth.again(result.principal), undefined);
});
