import assert from "node:assert/strict";
import { test } from "node:test";
import type { WebDoor } from "../../../src/doors/http-router.ts";
import { createAuth } from "../../../src/identity/auth.ts";
import { certificates } from "../../../src/identity/certificates.ts";
import { DoorServer, type DoorServerOptions } from "../../helpers/door-server.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { ask } from "../../helpers/http-mcp.ts";

const door: WebDoor = {
  methods: ["POST"],
  handle: (_request, response, guest) => void response.end(guest.principal.id),
};
const nothing = { subjects: undefined, cns: undefined, dns: undefined, uris: undefined, fingerprints: undefined };
const clock = new FakeClock();
const clients = ["laptop", "phone"].map((name) => {
  return { name, allow: undefined, deny: [], admin: false, certificate: { ...nothing, cns: [name] } };
});
const way = certificates(clients, clock);
const auth = createAuth(way === undefined ? [] : [way]);
const header = "x-forwarded-client-cert";
const element = (name: string) => `Hash=${"ab".repeat(32)};Subject="CN=${name}"`;

async function serve(http: NonNullable<DoorServerOptions["http"]>) {
  const hub = await DoorServer.open({ auth, doors: { "/mcp": door }, clock, http });
  const status = async (headers: Record<string, string | string[]>, agent?: object) => {
    const response = await ask(`${hub.url}/mcp`, { method: "POST", headers, ...agent } as object);
    response.resume();
    return response.statusCode;
  };
  return { status, [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose]() };
}

test("client certificates: a trusted proxy's header names the client of each request, also on one connection", async () => {
  await using hub = await serve({ trustedProxies: ["127.0.0.0/8"], clientCertificateHeader: header });
  assert.equal(await hub.status({ [header]: element("laptop") }), 200);
  assert.equal(await hub.status({ [header]: element("phone") }), 200);
  assert.equal(await hub.status({ [header]: element("stranger") }), 401);
  assert.equal(await hub.status({}), 401);
});

test("client certificates: two headers are none, for one of them may be the client's own", async () => {
  await using hub = await serve({ trustedProxies: ["127.0.0.0/8"], clientCertificateHeader: header });
  assert.equal(await hub.status({ [header]: [element("laptop"), element("laptop")] }), 401);
});

test("client certificates: beside an Authorization header nothing else lets in", async () => {
  await using hub = await serve({ trustedProxies: ["127.0.0.0/8"], clientCertificateHeader: header });
  for (const authorization of ["Bearer wrong", "Basic bGFwdG9wOng="]) {
    assert.equal(await hub.status({ [header]: element("laptop"), authorization }), 401, authorization);
  }
});

test("client certificates: the header counts from nobody else, and not where it is not configured", async () => {
  await using untrusted = await serve({ trustedProxies: ["10.0.0.0/8"], clientCertificateHeader: header });
  assert.equal(await untrusted.status({ [header]: element("laptop") }), 401);
  await using unset = await serve({ trustedProxies: ["127.0.0.0/8"] });
  assert.equal(await unset.status({ [header]: element("laptop") }), 401);
});
