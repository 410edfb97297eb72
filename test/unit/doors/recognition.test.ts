import assert from "node:assert/strict";
import { Socket } from "node:net";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { Recognition } from "../../../src/doors/recognition.ts";
import type { Auth, Evidence } from "../../../src/identity/auth.ts";
import { ownPrincipal } from "../../../src/sessions/principal.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { tokenAuth } from "../../helpers/token-auth.ts";

const evidence: Evidence = { authorization: "Bearer the-first-token-0123456789", path: "/mcp" };

test("recognition: a token that was replaced lets nobody in on a connection that it was good for", async () => {
  let auth: Auth = tokenAuth({ token: new Secret("the-first-token-0123456789"), clients: [] });
  const current = {
    authenticate: (it: Evidence) => auth.authenticate(it),
    get version() {
      return auth.version;
    },
  };
  const recognition = new Recognition(current, new FakeClock());
  const socket = new Socket();
  assert.equal((await recognition.authenticate(socket, evidence)).t, "ok");
  assert.equal((await recognition.authenticate(socket, evidence)).t, "ok");
  auth = tokenAuth({ token: new Secret("another-token-0123456789"), clients: [] }, { version: 1 });
  assert.equal((await recognition.authenticate(socket, evidence)).t, "refused");
});

test("recognition: what took time is known at once from then on, for as long as it lasts, and where it was asked for", async () => {
  const clock = new FakeClock();
  let asked = 0;
  const until = clock.wall() + 1_000;
  const principal = { ...ownPrincipal("alice", { admin: false, shared: false }), until };
  const auth = {
    version: 0,
    async authenticate() {
      asked++;
      return { t: "ok", principal } as const;
    },
  };
  const recognition = new Recognition(auth, clock);
  const socket = new Socket();
  await recognition.authenticate(socket, evidence);
  assert.ok(!(recognition.authenticate(socket, evidence) instanceof Promise));
  assert.equal(asked, 1);
  await recognition.authenticate(socket, { ...evidence, path: "/mcp/p/claude" });
  assert.equal(asked, 2, "a token may be good for one path only");
  await recognition.authenticate(socket, { ...evidence, path: "/mcp/p/claude" });
  clock.advance(1_000);
  await recognition.authenticate(socket, { ...evidence, path: "/mcp/p/claude" });
  assert.equal(asked, 3, "it has ended");
});
