import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { Recognition } from "../../../src/doors/recognition.ts";
import { type Auth, createAuth } from "../../../src/gates/auth.ts";

test("recognition: a token that was replaced lets nobody in on a connection that it was good for", () => {
  let auth: Auth = createAuth({ token: new Secret("the-first-token-0123456789"), clients: [] });
  const recognition = new Recognition({
    authenticate: (authorization) => auth.authenticate(authorization),
    holder: (caller) => auth.holder(caller),
  });
  const headers = { authorization: "Bearer the-first-token-0123456789" };
  const request = { headers, socket: new Socket() } as unknown as IncomingMessage;
  assert.equal(recognition.authenticate(request).t, "ok");
  assert.equal(recognition.authenticate(request).t, "ok");
  auth = createAuth({ token: new Secret("another-token-0123456789"), clients: [] });
  assert.equal(recognition.authenticate(request).t, "refused");
});
