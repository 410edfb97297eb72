import assert from "node:assert/strict";
import { test } from "node:test";
import type { Member } from "../../../src/hub/members.ts";
import { Room } from "../../../src/hub/room.ts";

function scene(max: number) {
  const started: string[] = [];
  const gone = new Map<string, () => void>();
  const room = new Room(max, (member) => new Promise((resolve) => gone.set(member.core.name, resolve)));
  const member = (name: string) =>
    ({ core: { name, state: { t: "idle" }, start: () => started.push(name) } }) as unknown as Member;
  return { room, started, gone, member };
}

test("room: who finds none is started when one that was ended is gone, and not before", async () => {
  const { room, started, gone, member } = scene(1);
  const [a, b, c] = [member("a"), member("b"), member("c")];
  room.start(a);
  room.start(b);
  room.start(c);
  assert.deepEqual(started, ["a"]);
  const ended = room.end(a);
  assert.deepEqual(started, ["a"], "it is still ending");
  gone.get("a")?.();
  await ended;
  assert.deepEqual(started, ["a", "b"]);
});

test("room: who is ended before it was started never is", async () => {
  const { room, started, gone, member } = scene(1);
  const [a, b, c] = [member("a"), member("b"), member("c")];
  for (const one of [a, b, c]) room.start(one);
  void room.end(b);
  const ended = room.end(a);
  gone.get("a")?.();
  await ended;
  assert.deepEqual(started, ["a", "c"]);
});

test("room: who was stopped while it waited is not started when there is room", async () => {
  const { room, started, gone, member } = scene(1);
  const [a, b] = [member("a"), member("b")];
  room.start(a);
  room.start(b);
  const ended = room.end(a);
  (b.core as { state: object }).state = { t: "stopped", since: 0 };
  gone.get("a")?.();
  await ended;
  assert.deepEqual(started, ["a"]);
});
