// Callers by what a person granted on the hub's consent page: each is one of its own, whoever granted it.
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { systemClock } from "../../../src/base/clock.ts";
import { Doorman } from "../../../src/hub/doorman.ts";
import { Granted } from "../../../src/hub/granted.ts";
import { StateFile } from "../../../src/identity/builtin/state-file.ts";
import type { Setup } from "../../../src/manifest/diff.ts";
import { resolveSettings } from "../../../src/manifest/settings.ts";
import { type Principal, sameCaller } from "../../../src/sessions/principal.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { loadGood } from "../manifest/load-text.ts";

const folder = await mkdtemp(join(tmpdir(), "thehub-granted-"));
after(() => rm(folder, { recursive: true }));

const annToken = "the-token-of-ann-0123456789";
const hubToken = "the-token-of-the-hub-0123456789";
const namedToken = "the-token-of-a-client-called-token";
const digest = (token: string): string => hash("sha256", token);

async function setupOf(auth: string): Promise<Setup> {
  const manifest = await loadGood(`hub:
  public_url: https://hub.example
  auth: ${auth}
clients:
  ann: { token_sha256: "${digest(annToken)}", admin: true }
  token: { token_sha256: "${digest(namedToken)}" }
  staff: { jwt: { issuer: https://login.example } }
cores:
  a: { command: x }
`);
  const env = { HUB_STATE_DIR: folder, HUB_TOKEN: hubToken };
  const resolved = resolveSettings({ env, cwd: folder, hub: manifest.hub });
  assert.ok(resolved.t === "ok", JSON.stringify(resolved));
  return { manifest, settings: resolved.settings };
}

test("granted: each grant is a caller of its own, not who granted it, and stays one beside an identity provider", async () => {
  const hourMs = 3_600_000;
  const grantOf = (id: string, holder: string | undefined, token: string) => ({
    ...{ id: id.repeat(24), holder, digest: digest(token), clientId: "c", clientName: "C", host: "c.example" },
    ...{ cores: ["a"], readOnly: true, madeAt: Date.now(), endsAt: Date.now() + hourMs },
  });
  const grants = [grantOf("a", "ann", annToken), grantOf("b", "ann", annToken), grantOf("c", undefined, hubToken)];
  const seconds = Math.floor(Date.now() / 1000) + 3600;
  const endsAt = Date.now() + hourMs;
  await new StateFile(folder, undefined).write({
    grants: grants.map((grant) => [grant.id, { value: grant, endsAt }]),
    tables: {
      AccessToken: grants.map(({ id }) => {
        const value = { grantId: id, aud: "https://hub.example/mcp", exp: seconds };
        return [hash("sha256", `token-of-${id}`, "base64url"), { value, endsAt }];
      }),
    },
  });
  const { log } = new LogRecord();
  let setup = await setupOf("{ builtin: true }");
  const deps = { clock: systemClock, log, env: {} };
  const granted = new Granted({
    ...deps,
    setup: () => setup,
    doorman: () => doorman,
    view: () => ({ explain: () => [] }),
    judgeAnew: () => {},
  });
  const doorman: Doorman = new Doorman({ ...deps, masker: { add: () => () => {} }, changed: () => {} }, setup, granted);
  await doorman.open();
  for (const { id, holder: client, readOnly } of grants) {
    const part = { allow: ["a.*"], deny: [], readOnly, admin: false };
    const entry = { kind: "grant", id, client, note: "C", ...part, issued: Date.now(), expires: endsAt } as const;
    await doorman.given.ledger.add(entry);
  }
  await doorman.given.live.look();
  const who = async (token: string): Promise<Principal> => {
    const result = await doorman.authenticate({ authorization: `Bearer ${token}`, path: "/mcp", peer: "192.0.2.1" });
    assert.ok(result.t === "ok", token);
    return result.principal;
  };
  const tokens = [...grants.map(({ id }) => `token-of-${id}`), annToken, hubToken, namedToken];
  const callers = await Promise.all(tokens.map(who));
  for (const [at, caller] of callers.entries()) {
    for (const other of callers.slice(at + 1))
      assert.equal(sameCaller(caller, other), false, `${caller.id} ${other.id}`);
  }
  const [inside] = callers;
  assert.deepEqual([inside?.admin, inside?.readOnly, inside?.within, inside?.client], [false, true, ["a.*"], "ann"]);
  setup = await setupOf("{ builtin: true, issuers: { https://login.example: {} } }");
  doorman.change(setup);
  assert.equal(doorman.again(inside as Principal)?.id, inside?.id, "a reload does not end it");
  await granted.close();
});
