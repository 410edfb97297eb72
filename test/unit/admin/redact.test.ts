// What looks like a credential in a manifest's plain parts is not shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { redactArguments, redactText, redactVariables } from "../../../src/admin/redact.ts";

test("redact: takes users and passwords out of URLs, and credentials out of their queries", () => {
  assert.equal(redactText("postgres://me:pw@db:5432/x"), "postgres://[secret]@db:5432/x");
  assert.equal(redactText("--dsn=postgres://me:pw@db/x"), "--dsn=postgres://[secret]@db/x");
  assert.equal(redactText("https://x/?a=1&api_key=k&b=2"), "https://x/?a=1&api_key=[secret]&b=2");
  assert.equal(redactText("https://x/?access_token=k#top"), "https://x/?access_token=[secret]#top");
  assert.equal(redactText("https://x/?key=AIza&monkey=b"), "https://x/?key=[secret]&monkey=b");
  for (const plain of ["https://x/a@b", "me@example.com", "/data", "--port=80", "token", ""]) {
    assert.equal(redactText(plain), plain);
  }
});

test("redact: hides the values of options, headers and assignments that are named like credentials", () => {
  assert.deepEqual(redactArguments(["--token", "t", "--api-key=k", "-H", "X-Api-Key: h", "--port", "80"]), [
    "--token",
    "[secret]",
    "--api-key=[secret]",
    "-H",
    "X-Api-Key: [secret]",
    "--port",
    "80",
  ]);
  assert.deepEqual(redactArguments(["DB_PASSWORD=p", "--password", "--verbose", "Authorization: Bearer x"]), [
    "DB_PASSWORD=[secret]",
    "--password",
    "--verbose",
    "Authorization: [secret]",
  ]);
  assert.deepEqual(redactVariables({ LANG: "C", API_TOKEN: "t", DB: "a://b:c@d" }), {
    LANG: "C",
    API_TOKEN: "[secret]",
    DB: "a://[secret]@d",
  });
});
