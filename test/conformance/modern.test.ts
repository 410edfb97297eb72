// The official conformance suite's scenarios of 2026-07-28 against the hub: with the everything-server on a modern link the hub must show check for check
// what that server shows itself, and with it on a legacy link what such a server can give at all.
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

const revision = "2026-07-28";
const count = 40;

interface Beyond {
  /** Checks that a Core of the handshake era cannot pass, or that are not come to then. */
  readonly without: readonly string[];
  /** What the suite finds instead. */
  readonly finds: readonly string[];
  readonly why: string;
}

const nameless =
  "a legacy Core asks without a name for what it asks, so the name that the suite looks for is the hub's own";

/** Scenarios that cannot pass with a Core of the handshake era. One that is not here must. */
const beyondLegacy: Readonly<Record<string, Beyond>> = {
  "input-required-result-basic-elicitation": {
    without: ["sep-2322-elicitation-incomplete", "sep-2322-elicitation-complete"],
    finds: ['FAILURE sep-2322-elicitation-incomplete: inputRequests missing expected key "user_name"'],
    why: nameless,
  },
  "input-required-result-ignore-extra-params": {
    without: ["sep-2322-ignore-unexpected-params"],
    finds: [
      "WARNING sep-2322-ignore-unexpected-params: Server did not return complete result when valid inputResponses were provided alongside extra keys. Servers SHOULD ignore information they do not recognize.",
    ],
    why: nameless,
  },
  "server-stateless": {
    without: [
      "sep-2575-missing-capability-http-400",
      "sep-2575-server-rejects-undeclared-capability",
      "sep-2575-server-sends-prompts-list-changed-on-subscription",
      "sep-2575-server-sends-tools-list-changed-on-subscription",
    ],
    finds: [
      "FAILURE sep-2575-missing-capability-http-400: Not testable: server did not return MissingRequiredClientCapabilityError, so its HTTP status could not be validated",
      "FAILURE sep-2575-server-rejects-undeclared-capability: Server executed 'test_missing_capability' although the client did not declare the 'sampling' capability — it MUST reject with -32021",
      ...["prompts", "tools"].map((kind) => {
        const mutated = `Mutated the ${kind.slice(0, -1)} list but no notifications/${kind}/list_changed arrived`;
        return `WARNING sep-2575-server-sends-${kind}-list-changed-on-subscription: ${mutated} on the open subscription stream. This is a SHOULD requirement.`;
      }),
    ],
    why: "a legacy Core that hears that its client cannot be asked answers as it sees fit, and what changes in the instance of one call is no news for all",
  },
};

/** What is to be found with a Core of this era. */
function wantedOf(name: string, era: (typeof eras)[number]): string[] | undefined {
  const beyond = era === "legacy" ? beyondLegacy[name] : undefined;
  const lost = new Set(beyond?.without.map((id) => `SUCCESS ${id}`));
  const left = shown.get(name)?.verdicts.filter((verdict) => !lost.has(verdict));
  return beyond === undefined ? left : [...(left ?? []), ...beyond.finds].sort();
}

const options = { skip: missingSuite, timeout: 60_000 };

/** How the hub has the Core, as a line of a manifest after its key. */
const ways = ["STDIO", "HTTP"] as const;
const eras = ["modern", "legacy"] as const;

const servers: EverythingServer[] = [];
const hubs = new Map<string, HubProcess>();
const shown = new Map<string, Outcome>();
let directUrl = "";

before(async () => {
  if (missingSuite !== false) return;
  const started = async (...how: Parameters<typeof startEverythingServer>) => {
    const server = await startEverythingServer(...how);
    servers.push(server);
    return server.url;
  };
  directUrl = await started();
  for (const era of eras) {
    const cores = {
      STDIO: everythingCoreOf(`${era} only`),
      HTTP: everythingCoreAt(await started("behind a hub", `${era} only`)),
    };
    for (const way of ways) {
      // A Core of the handshake era asks only clients that it has to themselves.
      const isolation = era === "legacy" ? "    isolation: session\n" : "";
      hubs.set(`${era} ${way}`, await startHub({ manifest: `cores:\n  everything:\n    ${cores[way]}\n${isolation}` }));
    }
  }
});

after(async () => {
  for (const hub of hubs.values()) {
    await hub.stop();
    await hub[Symbol.asyncDispose]();
  }
  for (const server of servers) await server[Symbol.asyncDispose]();
});

/** Runs all and holds that all ran: a scenario that the suite left out is not one that passed. */
async function runAll(url: string): Promise<Map<string, Outcome>> {
  const outcomes = await runSuite(url, revision);
  const scenarios = await scenariosOf(revision);
  assert.equal(scenarios.length, count);
  assert.deepEqual([...outcomes.keys()].sort(), scenarios);
  return outcomes;
}

test(`conformance: the everything-server itself passes the ${count} scenarios of ${revision}`, options, async () => {
  for (const [name, outcome] of await runAll(directUrl)) {
    shown.set(name, outcome);
    assert.ok(outcome.passed, `${name}: ${outcome.verdicts.join("; ")}`);
  }
});

for (const era of eras) {
  for (const way of ways) {
    test(`conformance: the hub passes ${revision} with a ${era} Core by ${way}`, options, async (t) => {
      const hub = hubs.get(`${era} ${way}`);
      await hub?.logged("core_up");
      for (const [name, outcome] of await runAll(`${await hub?.url()}/mcp`)) {
        const beyond = era === "legacy" ? beyondLegacy[name] : undefined;
        const what = beyond === undefined ? "passes" : `cannot pass (${beyond.why})`;
        await t.test(`conformance: ${name} ${what}, with a ${era} Core by ${way}`, () => {
          assert.deepEqual(outcome.verdicts, wantedOf(name, era));
        });
      }
    });
  }
}
