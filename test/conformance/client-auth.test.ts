// The official conformance suite's scenarios of authorization, against the hub's logins: `thehub login` signs in, and what it keeps is used for calls.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { missingSuite, runClientScenario } from "../helpers/conformance-suite.ts";

const client = fileURLToPath(new URL("../fixtures/conformance/client/main.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");
const command = `${process.execPath} --import ${tsx} ${client}`;

/** By the revision that they came with. */
const scenarios: Record<string, readonly string[]> = {
  "2025-03-26": ["2025-03-26-oauth-metadata-backcompat", "2025-03-26-oauth-endpoint-fallback"],
  "2025-11-25": [
    "metadata-default",
    "metadata-var1",
    "metadata-var2",
    "metadata-var3",
    "basic-cimd",
    "scope-from-www-authenticate",
    "scope-from-scopes-supported",
    "scope-omitted-when-undefined",
    "scope-step-up",
    "scope-retry-limit",
    "token-endpoint-auth-basic",
    "token-endpoint-auth-post",
    "token-endpoint-auth-none",
    "pre-registration",
    // Of the extension for clients that sign in as themselves.
    "client-credentials-basic",
    "client-credentials-jwt",
  ],
  "2026-07-28": [
    "resource-mismatch",
    "offline-access-scope",
    "offline-access-not-supported",
    "authorization-server-migration",
    "iss-supported",
    "iss-not-advertised",
    "iss-supported-missing",
    "iss-wrong-issuer",
    "iss-unexpected",
    "iss-normalized",
    "metadata-issuer-mismatch",
  ],
};

for (const [revision, names] of Object.entries(scenarios)) {
  for (const name of names) {
    test(`conformance: auth/${name} of ${revision} passes`, { skip: missingSuite }, async () => {
      const { outcome, output } = await runClientScenario(command, revision, `auth/${name}`);
      assert.ok(outcome.passed, `${outcome.verdicts.join("; ")}\n${output}`);
    });
  }
}
