// The official conformance suite's scenarios of the extension io.modelcontextprotocol/tasks against the hub. No SDK has the extension, so the Core is one
// of the tests' own; check for check the hub shows what that shows itself. With a legacy Core the calls that wait for input are tasks of the hub's.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { extensionScenarios, missingSuite, type Outcome, runSuite } from "../helpers/conformance-suite.ts";
import { fixture, type HubProcess, root, startHub } from "../helpers/hub-process.ts";
import { ServerProcess } from "../helpers/server-process.ts";

const revision = "2026-07-28";
const options = { skip: missingSuite, timeout: 60_000 };
/** The suite has no check for it yet, and says so. */
const skipped = "tasks-status-notifications";
/** What a Core without tasks can bring about. */
const ofLegacy = "tasks-mrtr-input";

let server: ServerProcess;
const hubs: Record<string, HubProcess> = {};
const shown = new Map<string, Outcome>();

before(async () => {
  if (missingSuite !== false) return;
  server = await ServerProcess.start(join(root, "test/fixtures/cores/tasks-extension.mjs"), ["http"]);
  const cores = {
    STDIO: fixture("tasks-extension.mjs"),
    HTTP: `url: "http://${server.place}/mcp"\n    allow_private: true`,
    legacy: `${fixture("asking-jobs.mjs")}\n    isolation: session`,
  };
  for (const [way, core] of Object.entries(cores))
    hubs[way] = await startHub({ manifest: `cores:\n  jobs:\n    ${core}\n` });
  for (const hub of Object.values(hubs)) await hub.logged("core_up");
});

after(async () => {
  for (const hub of Object.values(hubs)) {
    await hub.stop();
    await hub[Symbol.asyncDispose]();
  }
  await server?.[Symbol.asyncDispose]();
});

async function run(url: string, scenario: string): Promise<Outcome> {
  const outcome = (await runSuite(url, revision, scenario)).get(scenario);
  assert.ok(outcome !== undefined, `${scenario} was not run`);
  return outcome;
}

function mustPass(scenario: string, outcome: Outcome): void {
  if (scenario === skipped) assert.ok(outcome.verdicts.every((verdict) => verdict.startsWith("SKIPPED")));
  else assert.ok(outcome.passed, outcome.verdicts.join("; "));
}

test("conformance of tasks: the tests' own Core passes all scenarios", options, async () => {
  const scenarios = await extensionScenarios("tasks-");
  assert.equal(scenarios.length, 10);
  for (const scenario of scenarios) {
    const outcome = await run(`http://${server.place}/mcp`, scenario);
    mustPass(scenario, outcome);
    shown.set(scenario, outcome);
  }
});

for (const way of ["STDIO", "HTTP"]) {
  test(`conformance of tasks: the hub passes what its Core by ${way} passes`, options, async (t) => {
    for (const [scenario, direct] of shown) {
      await t.test(`conformance of tasks: ${scenario} passes, with a Core by ${way}`, async () => {
        const outcome = await run(`${await hubs[way]?.url()}/mcp`, scenario);
        mustPass(scenario, outcome);
        assert.deepEqual(outcome.verdicts, direct.verdicts);
      });
    }
  });
}

test(`conformance of tasks: ${ofLegacy} passes, with a Core that knows no tasks`, options, async () => {
  const outcome = await run(`${await hubs["legacy"]?.url()}/mcp`, ofLegacy);
  mustPass(ofLegacy, outcome);
  assert.deepEqual(outcome.verdicts, shown.get(ofLegacy)?.verdicts);
});
