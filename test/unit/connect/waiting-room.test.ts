import assert from "node:assert/strict";
import { test } from "node:test";
import { WaitingRoom } from "../../../src/connect/waiting-room.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

function open(maxRequests = 3, maxBytes = 100) {
  const clock = new FakeClock();
  const expired: string[] = [];
  const room = new WaitingRoom(clock, { maxRequests, maxBytes }, ({ key }) => expired.push(key));
  const request = (key: string, deadlineMs = Number.POSITIVE_INFINITY, bytes = 10) => ({
    key,
    idText: key,
    bytes: Buffer.alloc(bytes),
    deadlineMs,
  });
  return { clock, expired, room, request };
}

test("waiting-room: hands requests out in the order they came", () => {
  const { room, request, clock } = open();
  for (const key of ["1", "2", "3"]) assert.ok(room.add(request(key, 1000)));
  assert.deepEqual(
    room.take().map(({ key }) => key),
    ["1", "2", "3"],
  );
  assert.equal(room.size, 0);
  assert.equal(clock.timers, 0);
});

test("waiting-room: is bounded in number and in bytes, and what leaves makes room", () => {
  const { room, request } = open(2, 100);
  assert.ok(room.add(request("1")));
  assert.equal(room.add(request("big", 0, 91)), false);
  assert.ok(room.add(request("2")));
  assert.equal(room.add(request("3")), false);
  assert.ok(room.delete("1"));
  assert.equal(room.delete("1"), false);
  assert.ok(room.add(request("3", 0, 90)));
});

test("waiting-room: each request expires at its own time, once", () => {
  const { room, request, clock, expired } = open();
  room.add(request("late", 2000));
  room.add(request("soon", 1000));
  room.add(request("never"));
  clock.advance(999);
  assert.deepEqual(expired, []);
  clock.advance(1);
  assert.deepEqual(expired, ["soon"]);
  clock.advance(5000);
  assert.deepEqual(expired, ["soon", "late"]);
  assert.ok(room.has("never"));
  assert.equal(clock.timers, 0);
});

test("waiting-room: what comes back stands in front", () => {
  const { room, request } = open(1);
  room.add(request("1"));
  room.addFirst(request("0", 500));
  assert.deepEqual(
    room.take().map(({ key }) => key),
    ["0", "1"],
  );
});
