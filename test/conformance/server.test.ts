// The official conformance suite, against the hub with the everything-server behind it, and against that server itself: the hub
// must show check for check what the server shows, whether it is a process of the hub or a server that is reached over HTTP.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { missingSuite, type Outcome, runSuite, scenariosOf } from "../helpers/conformance-suite.ts";
import {
  type EverythingServer,
  everythingCoreAt,
  everythingCoreOf,
  startEverythingServer,
} from "../helpers/everything-server.ts";
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
/** How the hub has the Core. */
const links = ["STDIO", "HTTP"] as const;
type Link = (typeof links)[number];

type Isolation = "session" | "shared";

const hubs = new Map<`${Link} ${Isolation}`, HubProcess>();
let server: EverythingServer | undefined;
/** What the hubs reach over HTTP. */
let behind: EverythingServer | undefined;
let serverUrl = "";
/** By revision, what the server itself shows. */
const shownDirectly = new Map<string, Map<string, Outcome>>();

const hubOf = (link: Link, isolation: Isolation): HubProcess => {
  const hub = hubs.get(`${link} ${isolation}`);
  assert.ok(hub);
  return hub;
};
const urlOf = async (hub: HubProcess) => `${await hub.url()}/mcp`;

before(async () => {
  if (missingSuite !== false) return;
  server = await startEverythingServer();
  serverUrl = server.url;
  behind = await startEverythingServer("behind a hub", "legacy only");
  const cores: Record<Link, string> = { STDIO: everythingCoreOf("legacy only"), HTTP: everythingCoreAt(behind.url) };
  for (const link of links) {
    for (const isolation of ["session", "shared"] as const) {
      const manifest = `cores:\n  everything:\n    ${cores[link]}\n    isolation: ${isolation}\n`;
      hubs.set(`${link} ${isolation}`, await startHub({ manifest }));
    }
  }
  await Promise.all([...hubs.values()].map((hub) => hub.logged("core_up")));
});

after(async () => {
  for (const hub of hubs.values()) {
    await hub.stop();
    await hub[Symbol.asyncDispose]();
  }
  await server?.[Symbol.asyncDispose]();
  await behind?.[Symbol.asyncDispose]();
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

/** By all links at once: most of the time is one scenario's that waits. */
const runByAllLinks = (isolation: Isolation, revision: string, count: number) =>
  Promise.all(
    links.map(async (link) => {
      const outcomes = await runAll(await urlOf(hubOf(link, isolation)), revision, count);
      return [...outcomes].map(([name, outcome]) => ({ link, name, outcome }));
    }),
  ).then((runs) => runs.flat());

for (const [revision, count] of Object.entries(revisions)) {
  test(`conformance: the hub passes ${revision} as the server behind it does, for each session`, options, async (t) => {
    for (const { link, name, outcome } of await runByAllLinks("session", revision, count)) {
      await t.test(`conformance: ${name} of ${revision} passes, the Core being reached by ${link}`, () => {
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
    for (const { link, name, outcome } of await runByAllLinks("shared", revision, count)) {
      const refused = refusedOnShared[name];
      const wanted = refused === undefined ? "passes" : "is refused";
      await t.test(`conformance: on a shared Core that is reached by ${link} ${name} ${wanted}`, () => {
        assert.deepEqual(
          outcome.verdicts,
          refused === undefined ? wantedOf(revision, name) : [refused, "SUCCESS wire-schema-valid"],
        );
      });
    }
  },
);

for (const link of links) {
  test(
    `conformance: a shared Core by ${link} is told why its client is not asked, and what it logs is dropped`,
    options,
    async (t) => {
      const hub = hubOf(link, "shared");
      const url = await hub.url();
      await using client = await rawClient(await hub.wsUrl());
      for (const [tool, args] of Object.entries(asking)) {
        await t.test(`conformance: ${tool} by ${link} is refused with the reason`, async () => {
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

  test(`conformance: of ${repeats} calls with progress the hub loses nothing, by ${link}`, options, async () => {
    const scenario = "tools-call-with-progress";
    const [revision = ""] = Object.keys(revisions).slice(-1);
    const wanted = (await runSuite(serverUrl, revision, scenario)).get(scenario)?.verdicts;
    const url = await urlOf(hubOf(link, "session"));
    for (let run = 1; run <= repeats; run++) {
      const outcome = (await runSuite(url, revision, scenario)).get(scenario);
      assert.deepEqual(outcome?.verdicts, wanted, `run ${run}`);
    }
  });
}
