// The official conformance suite's client scenarios: its server is a Core of a hub, and what it expects of a client the hub does on behalf of its own
// client. Where authorization is wanted `thehub login` signs in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { clientScenariosOf, missingSuite, runClientScenario } from "../helpers/conformance-suite.ts";

const client = fileURLToPath(new URL("../fixtures/conformance/client/main.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");
const command = `${process.execPath} --import ${tsx} ${client}`;

/** Of both 2025-11-25 and 2026-07-28. */
const logins = [
  "auth/metadata-default",
  "auth/metadata-var1",
  "auth/metadata-var2",
  "auth/metadata-var3",
  "auth/basic-cimd",
  "auth/scope-from-www-authenticate",
  "auth/scope-from-scopes-supported",
  "auth/scope-omitted-when-undefined",
  "auth/scope-step-up",
  "auth/scope-retry-limit",
  "auth/token-endpoint-auth-basic",
  "auth/token-endpoint-auth-post",
  "auth/token-endpoint-auth-none",
  "auth/pre-registration",
];

/** Of a revision: what the hub's links pass, all of it. */
const scenarios: Record<string, readonly string[]> = {
  "2025-03-26": ["auth/2025-03-26-oauth-metadata-backcompat", "auth/2025-03-26-oauth-endpoint-fallback"],
  "2025-06-18": [
    "initialize",
    "tools_call",
    "auth/token-endpoint-auth-basic",
    "auth/token-endpoint-auth-post",
    "auth/token-endpoint-auth-none",
  ],
  "2025-11-25": [
    "initialize",
    "tools_call",
    "elicitation-sep1034-client-defaults",
    "sse-retry",
    "json-schema-2020-12-preservation",
    ...logins,
  ],
  "2026-07-28": [
    "tools_call",
    "json-schema-2020-12-preservation",
    "json-schema-ref-no-deref",
    "request-metadata",
    "sep-2322-client-request-state",
    "http-standard-headers",
    "http-custom-headers",
    "http-invalid-tool-headers",
    ...logins,
    "auth/resource-mismatch",
    "auth/offline-access-scope",
    "auth/offline-access-not-supported",
    "auth/authorization-server-migration",
    "auth/iss-supported",
    "auth/iss-not-advertised",
    "auth/iss-supported-missing",
    "auth/iss-wrong-issuer",
    "auth/iss-unexpected",
    "auth/iss-normalized",
    "auth/metadata-issuer-mismatch",
  ],
};

/** Of no revision: clients that sign in as themselves. */
const extensions = ["auth/client-credentials-basic", "auth/client-credentials-jwt"];

/** Checks that are not come to, and why that is right. */
const notCome: Readonly<Record<string, readonly string[]>> = {
  // The handshake has no place in 2026-07-28.
  "http-standard-headers": ["sep-2243-client-includes-standard-headers"],
  // The hub speaks for itself here, and cannot be asked: it declares nothing.
  "request-metadata": [
    "sep-2575-client-declares-elicitation-capability",
    "sep-2575-client-declares-roots-capability",
    "sep-2575-client-declares-sampling-capability",
  ],
};

const options = { skip: missingSuite };

async function passes(revision: string, name: string): Promise<void> {
  const { outcome, output } = await runClientScenario(command, revision, name);
  const verdicts = outcome.verdicts.filter(
    (verdict) => !notCome[name]?.some((id) => verdict.startsWith(`SKIPPED ${id}`)),
  );
  const failed = verdicts.filter((verdict) => !verdict.startsWith("SUCCESS"));
  assert.ok(verdicts.length > 0 && failed.length === 0, `${failed.join("; ")}\n${output}`);
}

for (const [revision, names] of Object.entries(scenarios)) {
  test(`conformance: these are all client scenarios of ${revision}`, options, async () => {
    assert.deepEqual(await clientScenariosOf(revision), [...names].sort());
  });
  for (const name of names) {
    test(`conformance: the hub as a client passes ${name} of ${revision}`, options, () => passes(revision, name));
  }
}

for (const name of extensions) {
  test(`conformance: the hub as a client passes ${name}`, options, () => passes("2025-11-25", name));
}
