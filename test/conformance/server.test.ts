// The official conformance suite, against the hub with the everything-server behind it, and against that server itself: the hub
// must show check for check what the server shows.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { missingSuite, type Outcome, runSuite, scenariosOf } from "../helpers/conformance-suite.ts";
import { type EverythingServer, everythingCore, startEverythingServer } from "../helpers/everything-server.ts";
import { type HubProcess, startHub } from "../helpers/hub-process.ts";
import { metric, rawClient, textOf } from "../helpers/raw-client.ts";

/** What a Core that several clients share cannot show, as what the suite finds then. A scenario that is not here must pass. */
const refusedOnShared: Record<string, string> = {
  "tools-call-with-logging": "FAILURE tools-call-with-logging: No log notifications received",
  "tools-call-sampling": "FAILURE tools-call-sampling: Server did not request sampling from client",
  "tools-call-elicitation": "FAILURE tools-call-elicitation: Server did not request elicitation from client",
  "elicitation-sep1034-defaults": "FAILURE elicitation-sep1034-general: Server did not request elicitation from client",
  "elicitation-sep1330-enums": "FAILURE elicitation-sep1330-general: Server did not request elicitation from client",
};

/** The tools behind these scenarios, and what the Core is told when it would ask: the tools say it in their results. */
const asking: Record<string, object> = {
  test_sampling: { prompt: "hello" },
  test_elicitation: { message: "hello" },
  test_elicitation_sep1034_defaults: {},
  test_elicitation_sep1330_enums: {},
};
const refusal = /^The client could not be asked: .*shared by several clients.*isolation: session/;

/**
 * What the suite judges only where the answer is a stream, and else notes in the same check: the hub answers with JSON when the
 * answer is there at once.
 */
const onStreamsOnly: Record<string, string> = {
  "server-sse-multiple-streams": "SUCCESS server-sse-streams-functional",
};

/** What the revisions that the hub speaks ask of a server, in scenarios. */
const revisions = { "2025-06-18": 27, "2025-11-25": 33 };
const repeats = 20;

const options = { skip: missingSuite };
const manifest = (isolation: string) => `cores:\n  everything:\n    ${everythingCore}\n    isolation: ${isolation}\n`;
let server: EverythingServer | undefined;
let hub: HubProcess | undefined;
let sharing: HubProcess | undefined;
let serverUrl = "";
let hubUrl = "";
/** By revision, what the server itself shows. */
const shownDirectly = new Map<string, Map<string, Outcome>>();

before(async () => {
  if (missingSuite !== false) return;
  server = await startEverythingServer();
  serverUrl = server.url;
  hub = await startHub({ manifest: manifest("session") });
  sharing = await startHub({ manifest: manifest("shared") });
  hubUrl = `${await hub.url()}/mcp`;
  await Promise.all([hub.logged("core_summary"), sharing.logged("core_summary")]);
});

after(async () => {
  await server?.[Symbol.asyncDispose]();
  for (const each of [hub, sharing]) {
    await each?.stop();
    await each?.[Symbol.asyncDispose]();
  }
});

/** Runs a revision and holds that it ran in full: a scenario that the suite left out is not one that passed. */
async function runAll(url: string, revision: string, count: number): Promise<Map<string, Outcome>> {
  const outcomes = await runSuite(url, revision);
  const scenarios = await scenariosOf(revision);
  assert.equal(scenarios.length, count);
  assert.deepEqual([...outcomes.keys()].sort(), scenarios);
  return outcomes;
}

for (const [revision, count] of Object.entries({ ...revisions, "2026-07-28": 40 })) {
  test(`conformance: the everything-server itself passes the ${count} scenarios of ${revision}`, options, async () => {
    const outcomes = await runAll(serverUrl, revision, count);
    shownDirectly.set(revision, outcomes);
    for (const [name, outcome] of outcomes) assert.ok(outcome.passed, `${name}: ${outcome.verdicts.join("; ")}`);
  });
}

/** What the server shows, as far as the hub has to show it. */
const wantedOf = (revision: string, name: string): string[] | undefined =>
  shownDirectly
    .get(revision)
    ?.get(name)
    ?.verdicts.filter((verdict) => verdict !== onStreamsOnly[name]);

for (const [revision, count] of Object.entries(revisions)) {
  test(`conformance: the hub passes ${revision} as the server behind it does, for each session`, options, async (t) => {
    for (const [name, outcome] of await runAll(hubUrl, revision, count)) {
      await t.test(`conformance: ${name} of ${revision} passes`, () => {
        assert.deepEqual(outcome.verdicts, wantedOf(revision, name));
        if (name in onStreamsOnly) assert.deepEqual(outcome.ids, shownDirectly.get(revision)?.get(name)?.ids);
      });
    }
  });
}

test(
  "conformance: behind a shared Core all passes but what one client would have to be asked or told",
  options,
  async (t) => {
    const [revision = "", count = 0] = Object.entries(revisions).at(-1) ?? [];
    for (const [name, { verdicts }] of await runAll(`${await sharing?.url()}/mcp`, revision, count)) {
      const refused = refusedOnShared[name];
      await t.test(`conformance: on a shared Core ${name} ${refused === undefined ? "passes" : "is refused"}`, () => {
        assert.deepEqual(
          verdicts,
          refused === undefined ? wantedOf(revision, name) : [refused, "SUCCESS wire-schema-valid"],
        );
      });
    }
  },
);

test(
  "conformance: a shared Core is told why its client is not asked, and what it logs is dropped",
  options,
  async (t) => {
    const url = String(await sharing?.url());
    await using client = await rawClient(String(await sharing?.wsUrl()));
    for (const [tool, args] of Object.entries(asking)) {
      await t.test(`conformance: ${tool} is refused with the reason`, async () => {
        assert.match(textOf(await client.call(tool, args)), refusal);
      });
    }
    const dropped = () => metric(url, 'thehub_notifications_dropped_total{reason="no_owner"}');
    const before = await dropped();
    assert.equal(textOf(await client.call("test_tool_with_logging")), "Tool with logging executed successfully");
    assert.equal(await dropped(), before + 3);
    assert.deepEqual(client.notifications, []);
  },
);

test(`conformance: of ${repeats} calls with progress the hub loses nothing`, options, async () => {
  const scenario = "tools-call-with-progress";
  const [revision = ""] = Object.keys(revisions).slice(-1);
  const wanted = (await runSuite(serverUrl, revision, scenario)).get(scenario)?.verdicts;
  for (let run = 1; run <= repeats; run++) {
    const outcome = (await runSuite(hubUrl, revision, scenario)).get(scenario);
    assert.deepEqual(outcome?.verdicts, wanted, `run ${run}`);
  }
});
