// The page where a client's person signs in to a remote Core, in a real browser: its form, its headers and its cookie work together there.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { startAuthorizationServer } from "../helpers/authorization-server.ts";
import { Chromium, chromiumMissing } from "../helpers/chromium.ts";
import { startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const skip = chromiumMissing() ?? false;
const token = "the-token-of-ann-0123456789abcdefgh";

test("login page: a person with a browser shows who they are, signs in, and the call of their client goes on", {
  skip,
}, async () => {
  await using server = await startAuthorizationServer();
  await using hub = await startHub({
    manifest: `clients:
  ann: { token_sha256: "${createHash("sha256").update(token).digest("hex")}" }
cores:
  wiki:
    url: ${server.coreUrl}
    allow_private: true
    credentials: per-user
    isolation: session
`,
  });
  const headers = { Authorization: `Bearer ${token}` };
  await using ann = await WsClient.connect(await hub.wsUrl(), headers, {}, { elicitation: { url: {} } });
  await ann.request("tools/list");
  const call = ann.call("wiki__sign_in");
  const asked = await ann.notified("elicitation/create");
  ann.answer(asked, { action: "accept" });
  await using browser = await Chromium.open();
  await browser.open(String(asked.params?.["url"]));
  assert.match(await browser.text(), /The client ann of this hub asks to use wiki with your account/);
  const fill = (text: string) =>
    `document.querySelector("[name=token]").value = ${JSON.stringify(text)}; document.querySelector("button").click()`;
  await browser.follow(fill("not-the-token"));
  assert.match(await browser.text(), /This is not the token of ann/);
  await browser.follow(fill(token));
  assert.match(await browser.text(), /Go on only if you started this yourself/);
  await browser.follow(`document.querySelector("a.go").click()`);
  assert.match(await browser.text(), /ann can use wiki with your account now/);
  const { result, error } = await call;
  assert.match(result?.content[0].text, /Signed in to wiki/, JSON.stringify(error));
  await hub.stop();
});
