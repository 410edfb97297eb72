// What a POST is, by the rules of MCP 2026-07-28. The official SDK's classification of the same request says what is right, as far as it goes:
// headers that are missing, and what stands in an envelope, it looks at elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { classifyInboundRequest } from "@modelcontextprotocol/server";
import { errorTable } from "../../../src/base/errors.ts";
import { type Classified, classify, kindInBatch } from "../../../src/doors/http/classify.ts";
import { frameOfText } from "../../../src/wire/frame.ts";
import { MessageReader } from "../../../src/wire/message-reader.ts";
import { envelope, revision } from "../../helpers/modern-http.ts";

type Headers = Readonly<Record<string, string>>;

const versionKey = "io.modelcontextprotocol/protocolVersion";

function classified(body: object | string, headers: Headers = {}): Classified {
  const reader = new MessageReader();
  reader.read(frameOfText(typeof body === "string" ? body : JSON.stringify(body)));
  try {
    return classify(reader, headers);
  } finally {
    reader.release();
  }
}

/** `modern request`, `legacy initialize`, `-32020`. */
function outcome(body: object | string, headers: Headers = {}): string {
  const what = classified(body, headers);
  if (what.t === "refused") return String(errorTable[what.code].rpc);
  return what.t === "faulty" ? String(errorTable[what.fault.code].rpc) : `${what.t} ${what.kind}`;
}

/** The same by the SDK. */
function official(body: object, headers: Headers): string {
  const what = classifyInboundRequest({
    httpMethod: "POST",
    ...(headers["mcp-protocol-version"] !== undefined && { protocolVersionHeader: headers["mcp-protocol-version"] }),
    ...(headers["mcp-method"] !== undefined && { mcpMethodHeader: headers["mcp-method"] }),
    ...(headers["mcp-name"] !== undefined && { mcpNameHeader: headers["mcp-name"] }),
    body,
  });
  if (what.kind === "reject") return String(what.code);
  if (what.kind === "modern") return `modern ${what.messageKind}`;
  const names: Record<string, string> = { "no-claim": "request" };
  return `legacy ${names[what.reason] ?? what.reason}`;
}

const request = (method: string, params?: object) => {
  return { jsonrpc: "2.0", id: 7, method, ...(params === undefined ? {} : { params }) };
};
const claimedBy = (version: unknown) => ({ _meta: envelope({ [versionKey]: version }) });
const call = (name: string, more: object = {}) => request("tools/call", { name, _meta: envelope(), ...more });
const mirrored = (method: string, name?: string): Headers => ({
  "mcp-protocol-version": revision,
  "mcp-method": method,
  ...(name === undefined ? {} : { "mcp-name": name }),
});

test("classify: says what the official SDK says, of every body with every header", () => {
  const bodies = [
    request("tools/list"),
    request("tools/list", {}),
    request("tools/list", { _meta: { progressToken: 1 } }),
    request("tools/list", claimedBy(revision)),
    request("tools/list", claimedBy("2025-11-25")),
    request("tools/list", claimedBy("v999.0.0")),
    request("initialize", { protocolVersion: "2025-11-25" }),
    request("initialize", { protocolVersion: revision }),
    request("initialize", claimedBy(revision)),
    { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } },
    { jsonrpc: "2.0", method: "notifications/x", params: claimedBy(revision) },
    { jsonrpc: "2.0", method: "notifications/x" },
  ];
  const versions = [undefined, revision, ` ${revision}\t`, "2025-11-25", "2025-06-18", "v999.0.0", ""];
  const methods = [undefined, "same", "other", "SAME"];
  let compared = 0;
  for (const body of bodies) {
    for (const version of versions) {
      for (const method of methods) {
        const headers: Record<string, string> = {};
        if (version !== undefined) headers["mcp-protocol-version"] = version;
        if (method !== undefined) headers["mcp-method"] = method === "other" ? "x/y" : body.method;
        if (method === "SAME") headers["mcp-method"] = body.method.toUpperCase();
        const ours = outcome(body, headers);
        const theirs = official(body, headers);
        const isMissing = theirs === "modern request" && (version === undefined || method === undefined);
        const isKnown = JSON.stringify(body).includes(`${versionKey}":"${revision}`);
        const said = JSON.stringify({ body, headers });
        assert.equal(ours, isMissing && isKnown ? "-32020" : theirs, said);
        compared++;
      }
    }
  }
  assert.equal(compared, 336);
});

test("classify: responses belong to sessions, and there are none of the modern era", () => {
  for (const body of [
    '{"jsonrpc":"2.0","id":1,"result":{}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}',
  ]) {
    assert.equal(outcome(body), "legacy response");
    assert.equal(outcome(body, { "mcp-protocol-version": "2025-11-25" }), "legacy response");
    assert.equal(outcome(body, { "mcp-protocol-version": revision }), "-32600");
  }
});

test("classify: what is no message is faulty whatever the headers say, with its id where that is certain", () => {
  for (const headers of [{}, mirrored("tools/list")]) {
    assert.equal(outcome("{", headers), "-32700");
    assert.equal(outcome('{"jsonrpc":"2.0","id":null,"method":"tools/list"}', headers), "-32600");
    assert.equal(outcome("[]", headers), "-32600");
  }
  const twice = `{"jsonrpc":"2.0","id":7,"method":"m","params":{"_meta":{"${versionKey}":"a","${versionKey}":"b"}}}`;
  const what = classified(twice);
  assert.ok(what.t === "faulty");
  assert.deepEqual([what.fault.code, what.fault.id], ["request_invalid", "7"]);
});

test("classify: a claim is one however its key is written, and not one anywhere else", () => {
  const escaped = `{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"io.modelcontextprotocol\\/protocolVersi\\u006fn":"${revision}"}}}`;
  assert.equal(outcome(escaped, mirrored("m")), "modern request");
  assert.equal(outcome(request("m", { arguments: { _meta: envelope() } })), "legacy request");
  assert.equal(outcome(request("m", { _meta: [envelope()] })), "legacy request");
  assert.equal(outcome(request("m", { _meta: { inner: envelope() } })), "legacy request");
});

test("classify: a claim that is no string, or of an unknown revision, is for the relay to refuse", () => {
  for (const version of [7, null, {}, [revision]]) {
    assert.equal(outcome(request("tools/list", claimedBy(version))), "modern request");
    assert.equal(outcome(request("tools/list", claimedBy(version)), mirrored("tools/list")), "modern request");
  }
  assert.equal(outcome(request("tools/call", { name: "t", ...claimedBy("2099-01-01") })), "modern request");
  assert.equal(outcome(request("m", claimedBy("2099-01-01")), { "mcp-protocol-version": revision }), "-32020");
});

test("classify: a request of the modern era needs the headers that repeat its parts", () => {
  const named: [body: object, name: string][] = [
    [call("files__read"), "files__read"],
    [request("prompts/get", { name: "p", _meta: envelope() }), "p"],
    [request("resources/read", { uri: "file:///ä b", _meta: envelope() }), "=?base64?ZmlsZTovLy/DpCBi?="],
    [request("tasks/get", { taskId: "t1", _meta: envelope() }), "t1"],
    [request("tasks/update", { taskId: "t1", _meta: envelope() }), "t1"],
    [request("tasks/cancel", { taskId: "t1", _meta: envelope() }), "t1"],
  ];
  for (const [body, name] of named) {
    const { method } = body as { method: string };
    assert.equal(outcome(body, mirrored(method, name)), "modern request", method);
    assert.equal(outcome(body, mirrored(method, ` ${name} \t`)), "modern request", "blanks around it are not of it");
    assert.equal(outcome(body, mirrored(method)), "-32020", `${method} without`);
    assert.equal(outcome(body, mirrored(method, `${name}x`)), "-32020", `${method} with another`);
  }
  assert.equal(
    outcome(request("tools/list", { _meta: envelope() }), mirrored("tools/list", "whatever")),
    "modern request",
  );
});

test("classify: the name is compared decoded, and as it is written", () => {
  const ok = (name: string, header: string) => outcome(call(name), mirrored("tools/call", header));
  assert.equal(ok("Hello", "=?base64?SGVsbG8=?="), "modern request");
  assert.equal(ok("Hello", "hello"), "-32020");
  assert.equal(ok("Hello", "=?base64?SGVsbG8?="), "-32020");
  assert.equal(ok("caf\u00e9", "caf\u00e9"), "-32020");
  assert.equal(ok("SGVsbG8=", "SGVsbG8="), "modern request");
  // A name that is missing, or none, is no fault of the header's.
  assert.equal(outcome(request("tools/call", { _meta: envelope() }), mirrored("tools/call")), "modern request");
  assert.equal(outcome(call(7 as never), mirrored("tools/call", "7")), "modern request");
});

test("classify: elements of a batch are told apart", () => {
  const kind = (body: object | string) => {
    const reader = new MessageReader();
    reader.read(frameOfText(typeof body === "string" ? body : JSON.stringify(body)));
    return kindInBatch(reader);
  };
  assert.equal(kind(request("tools/list", { _meta: envelope() })), "modern");
  assert.equal(kind(request("initialize")), "initialize");
  assert.equal(kind(request("tools/list")), "request");
  assert.equal(kind({ jsonrpc: "2.0", id: 1, result: {} }), "response");
  assert.equal(kind("[]"), "faulty");
});
