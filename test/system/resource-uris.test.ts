// Uris of resources over one door: as they are, with the namespace in them, and learned from results.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture, startHub } from "../helpers/hub-process.ts";
import { ManifestFile } from "../helpers/manifest-file.ts";
import { WsClient } from "../helpers/ws-client.ts";

const updated = "notifications/resources/updated";

test("resource uris: of two Cores that have the same, the prefixed one has its own forms, and each way leads to it", async () => {
  await using hub = await startHub({
    manifest: `cores:\n  plain:\n    ${fixture("linker.mjs")}\n  own:\n    ${fixture("linker.mjs")}\n    resources: { uris: prefixed }\n`,
  });
  await using client = await WsClient.connect(await hub.wsUrl());
  const tools = (await client.request("tools/list")).result.tools as { name: string; _meta?: object }[];
  const page = (uri: string) => ({
    ui: { resourceUri: uri, csp: {} },
    "ui/resourceUri": uri,
    "openai/outputTemplate": uri,
  });
  const metaOf = (name: string) => tools.find((tool) => tool.name === name)?._meta;
  assert.deepEqual(
    [metaOf("plain__show"), metaOf("own__show")],
    [page("ui://chart/page"), page("ui://own+chart/page")],
  );
  const listed = (await client.request("resources/list")).result.resources as { uri: string }[];
  assert.deepEqual(listed.map(({ uri }) => uri).sort(), ["notes://one", "own+notes://one"]);
  const templates = (await client.request("resources/templates/list")).result.resourceTemplates as object[];
  assert.deepEqual(templates.map((one) => (one as { uriTemplate: string }).uriTemplate).sort(), [
    "notes://{id}/part",
    "own+notes://{id}/part",
  ]);

  const read = async (uri: string) => (await client.request("resources/read", { uri })).result?.contents[0];
  const seen = async () => JSON.parse((await client.call("own__seen")).result?.content[0].text) as readonly string[];
  assert.deepEqual(await read("own+notes://one"), { uri: "own+notes://one", text: "of notes://one" });
  assert.deepEqual(await read("notes://one"), { uri: "notes://one", text: "of notes://one" });
  assert.deepEqual(await read("ui://own+chart/page"), { uri: "ui://own+chart/page", text: "of ui://chart/page" });
  assert.deepEqual(await read("own+notes://2/part"), { uri: "own+notes://2/part", text: "of notes://2/part" });
  assert.deepEqual(await seen(), ["notes://one", "ui://chart/page", "notes://2/part"]);

  const link = await client.call("own__link", { uri: "file:///new" });
  assert.deepEqual(link.result, {
    content: [
      { type: "text", text: "file:///new" },
      { type: "resource_link", uri: "own+file:///new", name: "a link" },
      { type: "resource", resource: { uri: "own+file:///new", text: "of file:///new" } },
    ],
    structuredContent: { uri: "file:///new" },
  });
  assert.deepEqual(await read("own+file:///new"), { uri: "own+file:///new", text: "of file:///new" });
  const { messages } = (await client.request("prompts/get", { name: "own__about" })).result;
  assert.deepEqual(messages[0].content.resource, { uri: "own+notes://one", text: "of notes://one" });
  const ref = { type: "ref/resource", uri: "own+notes://{id}/part" };
  const completed = await client.request("completion/complete", { ref, argument: { name: "id", value: "" } });
  assert.deepEqual(completed.result.completion.values, ["notes://{id}/part"]);

  assert.deepEqual((await client.request("resources/subscribe", { uri: "own+notes://one" })).result, {});
  await client.call("plain__touch", { uri: "notes://one" });
  await client.call("own__touch", { uri: "notes://one/part" });
  assert.deepEqual((await client.notified(updated)).params, { uri: "own+notes://one/part" });
  assert.deepEqual((await client.request("resources/unsubscribe", { uri: "own+notes://one" })).result, {});
  assert.deepEqual((await seen()).slice(3), ["file:///new", "notes://one", "notes://one"]);
  await hub.stop();
});

test("resource uris: what a Core said to a client it can read, and another client cannot", async () => {
  await using hub = await startHub({
    manifest: `cores:\n  first:\n    ${fixture("linker.mjs")}\n  second:\n    ${fixture("linker.mjs")}\n`,
  });
  const url = await hub.wsUrl();
  await using told = await WsClient.connect(url);
  await using other = await WsClient.connect(url);
  await told.request("tools/list");
  const read = async (client: WsClient, uri: string) => {
    const { result, error } = await client.request("resources/read", { uri });
    return result?.contents[0].text ?? error?.data?.["reason"] ?? error?.message;
  };
  assert.match(await read(told, "secret://1"), /unknown resource/);
  await told.call("second__link", { uri: "secret://1" });
  assert.equal(await read(told, "secret://1"), "of secret://1");
  assert.match(await read(other, "secret://1"), /unknown resource/);
  assert.deepEqual(JSON.parse((await told.call("second__seen")).result?.content[0].text), ["secret://1"]);
  await told.call("first__link", { uri: "secret://1" });
  assert.match(await read(told, "secret://1"), /unknown resource/, "two Cores said it: nobody is asked");
  await hub.stop();
});

test("resource uris: a reload gives a running Core's uris the other form, and keeps or ends what is subscribed to", async () => {
  const core = (uris: string) => `cores:\n  a:\n    ${fixture("linker.mjs")}\n    resources: { uris: ${uris} }\n`;
  await using hub = await startHub({ manifest: core("native") });
  await hub.logged("core_summary");
  const file = new ManifestFile(hub);
  await using client = await WsClient.connect(await hub.wsUrl());
  const listed = async () => (await client.request("resources/list")).result.resources[0].uri as string;
  const subscribed = async (uri: string) => (await client.request("resources/subscribe", { uri })).result;
  assert.equal(await listed(), "notes://one");
  assert.deepEqual(await subscribed("notes://one"), {});
  assert.deepEqual((await file.write(core("prefixed")))["cores_policy"], ["a"]);
  await client.notified("notifications/resources/list_changed");
  assert.equal(await listed(), "a+notes://one");
  await client.call("a__touch", { uri: "notes://one" });
  assert.deepEqual((await client.notified(updated)).params, { uri: "notes://one" });
  assert.deepEqual((await client.request("resources/unsubscribe", { uri: "notes://one" })).result, {});
  assert.deepEqual(await subscribed("a+notes://one"), {});
  await client.call("a__touch", { uri: "notes://one" });
  assert.deepEqual((await client.notified(updated, ({ params }) => params?.["uri"] !== "notes://one")).params, {
    uri: "a+notes://one",
  });
  await file.write(core("native"));
  await client.call("a__touch", { uri: "notes://one" });
  assert.equal(await listed(), "notes://one");
  assert.equal(client.notifications.filter(({ method }) => method === updated).length, 2);
  await hub.stop();
});
