import assert from "node:assert/strict";
import { test } from "node:test";
import type { HubTool } from "../../../src/catalog/hub-tools.ts";
import type { View } from "../../../src/catalog/view.ts";
import { HubToolCalls, type HubToolOutcome } from "../../../src/relay/hub-tools.ts";
import type { Request } from "../../../src/relay/request.ts";
import { ToolIndexes } from "../../../src/relay/tool-indexes.ts";
import type { Era } from "../../../src/wire/revisions.ts";
import { createScan, scan } from "../../../src/wire/scan.ts";
import { source } from "../../helpers/catalog-sources.ts";
import { capped, catalogWith, numbered } from "../../helpers/tool-lists.ts";

const caller = capped(4);

/** What becomes of a call of one of the hub's tools; `resuming`: it waited, and is taken up again. */
function taking(
  calls: HubToolCalls,
  view: View,
  name: HubTool,
  args: object,
  resuming = 0,
  session: { limitKey?: string; era?: Era } = {},
) {
  const params = { name: `hub__${name}`, arguments: args };
  const bytes = Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }));
  const record = createScan();
  assert.equal(scan(bytes, record), undefined);
  const request = {
    bytes,
    scan: record,
    readMs: undefined,
    session: { limitKey: "c", era: "legacy", resuming, ...session },
  } as unknown as Request;
  assert.ok(view.hubTools !== undefined);
  return calls.take(name, { request, caller, view, own: view.hubTools, mayPark: false });
}

/** Searches are made one in a turn of the event loop. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function namesIn(outcome: HubToolOutcome): string[] {
  assert.equal(outcome.t, "answered");
  const { structuredContent } = JSON.parse(String("result" in outcome ? outcome.result : "")) as {
    structuredContent: { tools: { name: string }[] };
  };
  return structuredContent.tools.map(({ name }) => name);
}

test("hub tools: a search waits for an index over what is there now, and only who has waited gets an older one", async () => {
  const calls = new HubToolCalls(new ToolIndexes());
  const find = { query: "findme" };
  const tool = { name: "x", description: "findme" };
  const before = catalogWith([numbered("a", 5), source("b", { listTools: [tool] })]).view(caller);
  const first = taking(calls, before, "search_tools", find);
  assert.equal(first.t, "wait");
  if (first.t === "wait") await first.until;
  assert.deepEqual(namesIn(taking(calls, before, "search_tools", find, 1)), ["b__x"]);

  const after = catalogWith([numbered("a", 5), source("c", { listTools: [tool] })]).view(caller);
  await nextTurn();
  assert.deepEqual(namesIn(taking(calls, after, "search_tools", find, 1)), [], "the older index, less what is gone");
  const second = taking(calls, after, "search_tools", find);
  assert.equal(second.t, "wait");
  if (second.t === "wait") await second.until;
  await nextTurn();
  assert.deepEqual(namesIn(taking(calls, after, "search_tools", find, 1)), ["c__x"]);
});

test("hub tools: a tool of an app's page is none that a model can call through the hub", async () => {
  const app = { name: "refresh", _meta: { ui: { visibility: ["app"] } } };
  const view = catalogWith([numbered("a", 5), source("b", { listTools: [app] })]).view(caller);
  const calls = new HubToolCalls(new ToolIndexes());
  const first = taking(calls, view, "call_tool", { name: "b__refresh", arguments: {} });
  if (first.t === "wait") await first.until;
  const outcome = taking(calls, view, "call_tool", { name: "b__refresh", arguments: {} }, 1);
  assert.match(String("result" in outcome ? outcome.result : ""), /there is no tool \\"b__refresh\\"/);
});

test("hub tools: a name that several tools have is told of, with what to write", () => {
  const same = (namespace: string) => source(namespace, { listTools: [{ name: "t" }, { name: "u" }, { name: "v" }] });
  const view = catalogWith([same("a"), same("b")]).view(caller);
  const outcome = taking(new HubToolCalls(new ToolIndexes()), view, "call_tool", { name: "t", arguments: {} });
  assert.match(String("result" in outcome ? outcome.result : ""), /is ambiguous; write one of a\.t, b\.t/);
});

test("hub tools: searches that come at once are made one in a turn, so that others are heard in between", async () => {
  const calls = new HubToolCalls(new ToolIndexes());
  const view = catalogWith([numbered("a", 5)]).view(caller);
  const search = (query: string, client: string, resuming = 0) =>
    taking(calls, view, "search_tools", { query, core: "a" }, resuming, { limitKey: client });
  const made = search("t01", "one");
  if (made.t === "wait") await made.until;
  await nextTurn();
  const order: string[] = [];
  const waits: Promise<void>[] = [];
  const ask = (query: string, client: string) => {
    const outcome = search(query, client);
    if (outcome.t !== "wait") {
      order.push(`${client} at once`);
      return;
    }
    waits.push(
      outcome.until.then(() => {
        assert.equal(search(query, client, 1).t, "answered");
        order.push(client);
      }),
    );
  };
  for (const query of ["t01", "", "t02"]) ask(query, "one");
  ask("t03", "other");
  await Promise.all(waits);
  assert.deepEqual(order, ["one at once", "one", "other", "one"]);
});

test("hub tools: a tool is described as the list of its client has it, of whichever era that is", async () => {
  const modern = source("b", {
    era: "modern",
    runsTasks: true,
    listTools: [{ name: "rows", execution: { taskSupport: "optional" }, outputSchema: { type: "array" } }],
  });
  const view = catalogWith([numbered("a", 5), modern]).view(capped(undefined));
  const search = catalogWith([numbered("a", 5), modern], "always").view(capped(undefined));
  for (const era of ["legacy", "modern"] as const) {
    const { tools } = JSON.parse(String(view.list("tools", era).whole)) as { tools: { name: string }[] };
    const outcome = taking(new HubToolCalls(new ToolIndexes()), search, "describe_tool", { name: "b__rows" }, 0, {
      era,
    });
    assert.equal(outcome.t, "answered");
    const { structuredContent } = JSON.parse(String("result" in outcome ? outcome.result : "{}")) as {
      structuredContent?: { tool: object };
    };
    assert.deepEqual(
      structuredContent?.tool,
      tools.find(({ name }) => name === "b__rows"),
      era,
    );
  }
});

test("hub tools: of a name as long as a message may be no more is searched for than of a query", async () => {
  const view = catalogWith([numbered("a", 5)]).view(caller);
  const calls = new HubToolCalls(new ToolIndexes());
  const call = { name: "aB".repeat(1_000_000), arguments: {} };
  const first = taking(calls, view, "call_tool", call);
  if (first.t === "wait") await first.until;
  const outcome = taking(calls, view, "call_tool", call, 1);
  assert.match(String("result" in outcome ? outcome.result : ""), /there is no tool/);
});
