// The official SDK clients of both generations, over every door they speak, with the official servers as Cores: whatever the door,
// the same is asked and the same must come back.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CuttingProxy } from "../helpers/cutting-proxy.ts";
import { fixture, type HubProcess, mainFile, startHub } from "../helpers/hub-process.ts";
import { type OfficialCores, officialCores } from "../helpers/official-cores.ts";
import {
  type HubPlace,
  negotiatingClients,
  type SdkClient,
  sdkClients,
  sseClients,
  streamableClients,
} from "../helpers/sdk-clients.ts";
import type { Message } from "../helpers/ws-client.ts";

const token = "a-token-for-the-sdk-clients-0123456";
let cores: OfficialCores;
let hub: HubProcess;
let place: HubPlace;

before(async () => {
  cores = await officialCores(`  held:\n    ${fixture("echo.mjs")}\n`);
  hub = await startHub({ manifestFile: cores.manifestFile, env: { HUB_TOKEN: token } });
  place = {
    url: await hub.url(),
    token,
    command: {
      command: process.execPath,
      args: [mainFile, "stdio", "--manifest", cores.manifestFile],
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: process.env["HOME"] ?? "",
        HUB_STATE_DIR: join(hub.folder, "stdio"),
      },
    },
  };
});

/** Asks for the tools each time that it hears of a change, until this one is there: Cores that are still starting are announced as well. */
async function heardOf(client: SdkClient, tool: string): Promise<void> {
  for (let isListed = false, nth = 1; !isListed; nth++) {
    await client.heard("notifications/tools/list_changed", nth);
    const { tools } = await client.mcp.listTools();
    isListed = tools.some(({ name }) => name === tool);
  }
}

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await cores[Symbol.asyncDispose]();
});

const isProgress = ({ method }: Message) => method === "notifications/progress";

/** What came of the client's calls, in order: the progress that was made, and answers. */
const progressOf = ({ came }: SdkClient) =>
  came
    .filter((message) => message.method === undefined || isProgress(message))
    .map(({ params }) => params?.["progress"] ?? "answer");

for (const [name, open] of Object.entries(sdkClients)) {
  test(`${name}: lists, calls, reads, prompts and completes`, async () => {
    await using client = await open(place);
    const { tools } = await client.mcp.listTools();
    const names = tools.map((tool) => tool.name);
    for (const expected of ["files__read_text_file", "memory__create_entities", "everything__echo"]) {
      assert.ok(names.includes(expected), `${expected} is missing in ${names}`);
    }
    const echo = await client.call("everything__echo", { message: "hello" });
    assert.match(JSON.stringify(echo.content), /hello/);
    const dotted = await client.call("everything.echo", { message: "dotted" });
    assert.match(JSON.stringify(dotted.content), /dotted/);
    const read = await client.call("files__read_text_file", { path: join(cores.folder, "note.txt") });
    assert.match(JSON.stringify(read.content), /found me/);

    const { resources } = await client.mcp.listResources();
    const uri = String(resources[0]?.uri);
    assert.equal((await client.mcp.readResource({ uri })).contents[0]?.uri, uri);
    const { prompts } = await client.mcp.listPrompts();
    const simple = prompts.find((prompt) => prompt.name.includes("simple"));
    assert.ok((await client.mcp.getPrompt({ name: String(simple?.name) })).messages.length > 0);
    const completable = prompts.find((prompt) => prompt.name.includes("complet"));
    const { completion } = await client.mcp.complete({
      ref: { type: "ref/prompt", name: completable?.name },
      argument: { name: completable?.arguments?.[0]?.name, value: "E" },
    });
    assert.ok(completion.values.length > 0);
  });

  test(`${name}: progress comes in order, all of it before the result`, async () => {
    await using client = await open(place);
    const steps = 50;
    await client.call("held__progress", { steps }, { onprogress: () => {} });
    const wanted = [...Array.from({ length: steps }, (_, step) => step + 1), "answer"];
    assert.deepEqual(progressOf(client), wanted);
  });

  test(`${name}: calls that run at once each have their own progress and their own answer`, async () => {
    await using client = await open(place);
    const keys = ["first", "second", "third"].map((key) => `${key} ${name}`);
    const started = keys.map((key, at) => {
      const steps = at + 1;
      const heard: number[] = [];
      let answer: ReturnType<SdkClient["call"]> | undefined;
      const reported = new Promise<void>((resolve) => {
        const onprogress = ({ progress }: { progress: number }) => {
          if (heard.push(progress) === steps) resolve();
        };
        answer = client.call("held__report-and-hold", { key, steps }, { onprogress });
      });
      return { key, heard, answer, reported };
    });
    await Promise.all(started.map(({ reported }) => reported));
    assert.deepEqual(
      started.map(({ heard }) => heard),
      [[1], [1, 2], [1, 2, 3]],
    );
    for (const { key, answer } of started.reverse()) {
      await client.call("held__release", { key, value: `answer to ${key}` });
      assert.equal((await answer)?.content[0]?.text, `answer to ${key}`);
    }
  });

  test(`${name}: a call that is given up is cancelled in the Core`, async () => {
    await using client = await open(place);
    const aborter = new AbortController();
    const key = `cancel ${name}`;
    const onprogress = () => aborter.abort(new Error("enough"));
    await assert.rejects(
      client.call("held__report-and-hold", { key }, { signal: aborter.signal, onprogress }),
      /enough/,
    );
    assert.equal((await client.call("held__until-cancelled", { key })).content[0]?.text, "cancelled");
  });

  test(`${name}: hears that the tools changed, and lists the new one`, async () => {
    await using client = await open(place);
    const isStreamable = Object.hasOwn(streamableClients, name);
    if (isStreamable) await client.exchanged(({ method, status }) => method === "GET" && status === 200);
    await client.hearNews();
    const grown = `grown-${name.replaceAll(/\W+/g, "-")}`;
    await client.call("held__grow", { name: grown });
    await heardOf(client, `held__${grown}`);
  });
}

for (const [name, open] of Object.entries(negotiatingClients)) {
  test(`${name}: settles on the modern era, and has no session`, async () => {
    await using client = await open(place);
    assert.equal(client.era, "modern");
    assert.equal(client.sessionId, undefined);
  });
}

for (const [name, open] of Object.entries(streamableClients)) {
  test(`${name}: has a session that nobody guesses`, async () => {
    await using client = await open(place);
    assert.equal(client.era, "legacy");
    assert.match(String(client.sessionId), /^[\x21-\x7e]{22,}$/);
  });

  test(`${name}: a stream cut in the middle of an event, and again when it was resumed, goes on where it was cut`, async () => {
    await using proxy = await CuttingProxy.open(Number(new URL(place.url).port));
    await using client = await open({ ...place, url: `http://127.0.0.1:${proxy.port}` });
    const key = `cut ${name}`;
    const cut = proxy.cutBehind('"progress":2');
    const call = client.call("held__report-and-hold", { key, steps: 4 }, { onprogress: () => {} });
    await cut;
    // Behind the event that only says where it goes on.
    await proxy.cutBehind("\ndata: \n\n");
    await client.call("held__release", { key, value: "after the cuts" });
    assert.equal((await call).content[0]?.text, "after the cuts");
    assert.deepEqual(progressOf(client), [1, "answer", 2, 3, 4, "answer"]);
    await client.exchanged(({ headers, status }) => headers.has("last-event-id") && status === 200);
  });

  test(`${name}: does not come back again and again for a stream that ended without an answer`, async () => {
    await using client = await open(place);
    const aborter = new AbortController();
    const onprogress = () => aborter.abort(new Error("enough"));
    const given = client.call("held__report-and-hold", { key: `end ${name}` }, { signal: aborter.signal, onprogress });
    await assert.rejects(given, /enough/);
    const { status } = await client.exchanged(({ headers }) => headers.has("last-event-id"));
    assert.equal(status, 204);
  });

  test(`${name}: twenty streams cut at twenty places lose nothing and repeat nothing`, async () => {
    await using proxy = await CuttingProxy.open(Number(new URL(place.url).port));
    await using client = await open({ ...place, url: `http://127.0.0.1:${proxy.port}` });
    const steps = Array.from({ length: 20 }, (_, step) => step + 1);
    const cuts = steps.map((step) => proxy.cutBehind(`"progress":${step},`));
    const calls = steps.map(() => client.call("held__progress", { steps: steps.length }, { onprogress: () => {} }));
    await Promise.all(cuts);
    const tokens = (await Promise.all(calls)).map(({ content }) => JSON.parse(content[0]?.text ?? ""));
    assert.equal(new Set(tokens).size, steps.length);
    const reports: Record<string, unknown[]> = {};
    for (const { params } of client.came.filter(isProgress)) {
      reports[String(params?.["progressToken"])] ??= [];
      reports[String(params?.["progressToken"])]?.push(params?.["progress"]);
    }
    assert.deepEqual(
      Object.values(reports),
      steps.map(() => steps),
    );
  });

  test(`${name}: a session that was ended is gone, and a new one begins`, async () => {
    await using client = await open(place);
    const { sessionId = "" } = client;
    const headers = { authorization: `Bearer ${token}`, "mcp-session-id": sessionId };
    const ended = await fetch(`${place.url}/mcp`, { method: "DELETE", headers });
    assert.ok(ended.ok, `DELETE is answered with ${ended.status}`);
    await assert.rejects(client.mcp.listTools());
    assert.equal(client.exchanges.at(-1)?.status, 404);

    await using next = await open(place);
    assert.notEqual(next.sessionId, sessionId);
    assert.ok((await next.mcp.listTools()).tools.length > 0);
    await next.endSession();
    assert.ok(Number(next.exchanges.at(-1)?.status) < 300);
  });
}

// Neither SDK says where it was when it comes back: the hub finds out by the address that a ping is answered at.
for (const [name, open] of Object.entries(sseClients)) {
  test(`${name}: a stream cut in the middle of an event, and again when it was resumed, goes on where it was cut`, async () => {
    await using proxy = await CuttingProxy.open(Number(new URL(place.url).port));
    await using client = await open({ ...place, url: `http://127.0.0.1:${proxy.port}` });
    // Of the same caller, and not what is looked for.
    await using other = await open(place);
    const key = `cut ${name}`;
    const cut = proxy.cutBehind('"progress":2');
    const call = client.call("held__report-and-hold", { key, steps: 4 }, { onprogress: () => {} });
    await cut;
    await proxy.cutBehind('"progress":3');
    await other.call("held__release", { key, value: "after the cuts" });
    assert.equal((await call).content[0]?.text, "after the cuts");
    assert.deepEqual(progressOf(client), [1, 2, 3, 4, "answer"]);
    assert.deepEqual(progressOf(other), ["answer"]);
    const streams = client.exchanges.filter(({ method, status }) => method === "GET" && status === 200);
    assert.equal(streams.length, 3);
  });

  test(`${name}: what was cut while nothing was under way goes on, and hears the news that it missed`, async () => {
    await using proxy = await CuttingProxy.open(Number(new URL(place.url).port));
    await using client = await open({ ...place, url: `http://127.0.0.1:${proxy.port}` });
    await using other = await open(place);
    await proxy.cutNow();
    const grown = `missed-${name.replaceAll(/\W+/g, "-")}`;
    await other.call("held__grow", { name: grown });
    await heardOf(client, `held__${grown}`);
  });
}
