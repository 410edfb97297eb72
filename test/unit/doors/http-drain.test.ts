// What clients of the HTTP doors still get at the end of the hub, and how long it waits for them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { House, ping } from "../../helpers/http-house.ts";
import { postText } from "../../helpers/http-wire.ts";

test("http drain: at the end of the hub a large answer is taken by its client before its connection is cut", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  using wire = await house.wire();
  wire.socket.pause();
  wire.write(postText(id, ping(1)));
  await house.until(() => visitor.asked.length === 2);
  const closed = house.close(60_000).then(() => house.server.server.close());
  const size = 20 * 1024 * 1024;
  visitor.result(1, JSON.stringify("x".repeat(size)));
  await house.until(() => house.http.sessions === 0);
  wire.socket.resume();
  await wire.closed;
  await closed;
  assert.ok(wire.text.length > size, `${wire.text.length} bytes came`);
});

test("http drain: a client that takes nothing keeps the end of the hub waiting for its grace, and no longer", async () => {
  await using house = await House.open();
  const { id, visitor } = await house.session();
  using wire = await house.wire();
  wire.socket.pause();
  wire.write(postText(id, ping(1)));
  const { stream, visitor: older } = await house.sseSession();
  using _ = stream;
  stream.socket.pause();
  await house.until(() => visitor.asked.length === 2);
  visitor.result(1, JSON.stringify("x".repeat(20 * 1024 * 1024)));
  older.say(JSON.stringify("x".repeat(20 * 1024 * 1024)));
  const closed = house.close(5_000);
  house.clock.advance(5_000);
  await closed;
});
