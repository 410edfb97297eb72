// What docs/chatgpt.md says of hosted ChatGPT behind nginx: no token of its own, the rights of one client entry, and nothing for
// who does not come from OpenAI's addresses.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeCertificates } from "../helpers/certificates.ts";
import { startHub } from "../helpers/hub-process.ts";
import { host, lacks, lacksOpenssl, lookup, startProxy } from "../helpers/proxy-process.ts";

const folder = mkdtempSync(join(tmpdir(), "thehub-tls-"));
after(() => rmSync(folder, { recursive: true }));
const certificates = lacksOpenssl === false ? makeCertificates(folder, host) : undefined;

const token = "a-token-for-chatgpt-alone";
const ownToken = "a-token-of-the-owner-0123";
const manifest = `clients:
  chatgpt:
    token_sha256: ${createHash("sha256").update(token).digest("hex")}
    allow: ["template.add", "template.echo"]
cores:
  template: { command: thehub-template-core }
`;

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A POST as a server at `from` would send it. */
async function post(port: number, from: string, headers: Record<string, string>, message: object): Promise<Answer> {
  assert.ok(certificates);
  const sent = request({
    ...{ host, port, lookup, localAddress: from, ca: readFileSync(certificates.ca), servername: host },
    ...{ method: "POST", path: "/chatgpt/mcp" },
    headers: { host, "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
  });
  sent.end(JSON.stringify({ jsonrpc: "2.0", ...message }));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}

const clientInfo = { name: "chatgpt", version: "1" };
const initialize = {
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo },
};

test("proxy nginx: hosted ChatGPT gets in without a token, as one client entry, and from its own addresses only", {
  skip: lacks("nginx"),
}, async () => {
  assert.ok(certificates);
  await using hub = await startHub({
    manifest,
    env: { HUB_TOKEN: ownToken, HUB_TRUSTED_PROXIES: "127.0.0.1", HUB_ALLOW_HOSTS: host },
  });
  const upstreamPort = Number(new URL(await hub.url()).port);
  const chatgpt = { addresses: ["127.0.0.2", "192.0.2.0/24", "2001:db8::/48"], token };
  await using proxy = await startProxy("nginx", { upstreamPort, certificates, chatgpt });

  // The owner's token in the client's own header counts for nothing here: rights are those of the entry.
  const first = await post(proxy.port, "127.0.0.2", { authorization: `Bearer ${ownToken}` }, initialize);
  assert.equal(first.status, 200, first.body);
  const session = { "mcp-session-id": String(first.headers["mcp-session-id"]) };
  await post(proxy.port, "127.0.0.2", session, { method: "notifications/initialized" });
  const list = await post(proxy.port, "127.0.0.2", session, { id: 2, method: "tools/list" });
  const names = JSON.parse(list.body).result.tools.map((tool: { name: string }) => tool.name);
  assert.deepEqual(names, ["template__add", "template__echo"]);
  const params = { name: "template__add", arguments: { a: 2, b: 3 } };
  const call = await post(proxy.port, "127.0.0.2", session, { id: 3, method: "tools/call", params });
  assert.match(call.body, /5/);

  const heard = hub.logs.length;
  const elsewhere = await post(proxy.port, "127.0.0.3", { authorization: `Bearer ${ownToken}` }, initialize);
  assert.equal(elsewhere.status, 403);
  assert.equal(hub.logs.length, heard, "the hub heard nothing of it");
});
