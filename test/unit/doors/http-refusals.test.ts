// What the log says of HTTP requests that are refused at the door: enough to see somebody guess, at a bounded rate, and no secret.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import type { WebDoor } from "../../../src/doors/http-router.ts";
import { DoorServer, type DoorServerOptions } from "../../helpers/door-server.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { ask, type HttpOptions } from "../../helpers/http-mcp.ts";
import { tokenAuth, tokenClient } from "../../helpers/token-auth.ts";

const open: WebDoor = { methods: ["POST"], handle: (_request, response) => void response.end("in") };
const forAdmins: WebDoor = { ...open, access: "admin" };
const auth = tokenAuth({
  token: new Secret("the-token-of-the-hub"),
  clients: [tokenClient("tina", "the-token-of-tina")],
});

async function serve(options: DoorServerOptions = {}) {
  const clock = new FakeClock();
  const hub = await DoorServer.open({ auth, doors: { "/mcp": open, "/api": forAdmins }, clock, ...options });
  const status = async (path: string, headers: Record<string, string> = {}, method = "POST") => {
    const response = await ask(`${hub.url}${path}`, { method, headers } as HttpOptions);
    response.resume();
    return response.statusCode;
  };
  const lines = () => hub.log.lines.filter((line) => line.includes("http_refused"));
  return { hub, clock, status, lines };
}

test("http-refusals: a guessed token is a line at once, further ones are counted and said together after ten seconds", async () => {
  const { hub, clock, status, lines } = await serve();
  await using _ = hub;
  const guess = (token: string) => status("/mcp", { authorization: `Bearer ${token}` });
  assert.equal(await guess("guess-0"), 401);
  assert.deepEqual(lines(), ['info http_refused {"status":401,"reason":"token invalid","peer":"127.0.0.1","times":1}']);
  for (let time = 1; time <= 20; time++) assert.equal(await guess(`guess-${time}`), 401);
  assert.equal(await status("/mcp"), 401);
  assert.equal(lines().length, 2);
  assert.match(lines()[1] ?? "", /"reason":"token missing"/);
  clock.advance(10_000);
  assert.equal(lines().length, 3);
  assert.match(lines()[2] ?? "", /"token invalid".*"times":20/);
  assert.doesNotMatch(hub.log.lines.join(), /guess|Bearer/);
});

test("http-refusals: a foreign origin, and metrics without their token, are lines; a wrong path or method is none", async () => {
  const { hub, status, lines } = await serve({ http: { metricsToken: new Secret("a-token-for-metrics") } });
  await using _ = hub;
  assert.equal(await status("/mcp", { origin: "https://evil.example" }), 403);
  assert.equal(await status("/metrics", { authorization: "Bearer wrong" }, "GET"), 401);
  assert.equal(await status("/api", { authorization: "Bearer the-token-of-tina" }), 403);
  assert.equal(await status("/nothing"), 404);
  assert.equal(await status("/mcp", {}, "PUT"), 405);
  assert.equal(await status("/metrics", { authorization: "Bearer a-token-for-metrics" }, "GET"), 200);
  assert.equal(await status("/mcp", { authorization: "Bearer the-token-of-the-hub" }), 200);
  assert.deepEqual(
    lines().map((line) => /"reason":"([^"]*)"/.exec(line)?.[1]),
    ["host or origin", "token invalid", "not an admin"],
  );
});

test("http-refusals: the client that a trusted proxy names is the peer", async () => {
  const { hub, status, lines } = await serve({ http: { trustedProxies: ["127.0.0.0/8"] } });
  await using _ = hub;
  const forwarded = { "x-forwarded-for": "203.0.113.9", "x-forwarded-host": "a.example", "x-forwarded-proto": "https" };
  assert.equal(await status("/mcp", { authorization: "Bearer wrong", ...forwarded }), 401);
  assert.match(lines().join(), /"peer":"203\.0\.113\.9"/);
});
