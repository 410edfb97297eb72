// Where a request goes, by its path.
import assert from "node:assert/strict";
import { test } from "node:test";
import { normalBasePath, placeOf, wholePath } from "../../../src/doors/place.ts";

test("place: a path counts with the base path and without it, with a slash at its end and without", () => {
  const base = normalBasePath("hub/");
  for (const path of ["/mcp", "/mcp/", "/hub/mcp", "/hub/mcp/?x=/hub", "http://h.example/hub/mcp"]) {
    assert.deepEqual(placeOf(path, base), { path: "/mcp", profile: undefined }, path);
  }
  for (const path of ["/", "/hub", "/hub/"]) assert.equal(placeOf(path, base).path, "/", path);
  assert.equal(placeOf("/hubs/mcp", base).path, "/hubs/mcp");
  assert.equal(wholePath(placeOf("/hub/sse/p/claude", base)), "/sse/p/claude");
});

test("place: a base path that is called as a door is does not take its path away", () => {
  for (const path of ["/mcp", "/mcp/", "/mcp/mcp"]) {
    assert.deepEqual(placeOf(path, "/mcp"), { path: "/mcp", profile: undefined }, path);
  }
  for (const path of ["/mcp/p/claude", "/mcp/mcp/p/claude"]) {
    assert.deepEqual(placeOf(path, "/mcp"), { path: "/mcp", profile: "claude" }, path);
  }
  assert.equal(placeOf("/mcp/sse", "/mcp").path, "/sse");
  assert.equal(placeOf("/mcp/healthz", "/mcp").path, "/healthz");
});
