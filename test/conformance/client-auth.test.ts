// The official conformance suite's scenarios of authorization, against the hub's logins: `thehub login` signs in, and what it keeps is used for calls.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { missingSuite, runClientScenario } from "../helpers/conformance-suite.ts";

const client = fileURLToPath(new URL("../fixtures/conformance/client/main.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");
const command = `${process.execPath} --import ${tsx} ${client}`;

const revision = "2025-11-25";
const scenarios = [
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
];

for (const scenario of scenarios) {
  test(`conformance: auth/${scenario} of ${revision} passes`, { skip: missingSuite }, async () => {
    const { outcome, output } = await runClientScenario(command, revision, `auth/${scenario}`);
    assert.ok(outcome.passed, `${outcome.verdicts.join("; ")}\n${output}`);
  });
}
