// What the matrix of eras asserts beside the operations of the other matrix: where the eras differ, and what asks more than once.
import assert from "node:assert/strict";
import type { Outcome } from "../helpers/two-way-client.ts";
import type { Era } from "./era-cores.ts";
import { type Cell, type Operation, operations, otherwise, subscribing, tell } from "./operations.ts";

export interface EraCell extends Cell {
  readonly era: Era;
}

type EraOperation = (cell: EraCell) => Promise<void>;

async function call(cell: EraCell): Promise<void> {
  const told = await tell(cell, "whoami");
  assert.equal(told.era, cell.era);
  assert.equal(told.framing, cell.core.framing);
  // A modern Core is told with each call what its client can be asked; one that clients of the other era share is told that nobody can.
  const wanted = cell.isolation === "shared" ? [] : ["elicitation", "roots", "sampling"];
  assert.deepEqual(Object.keys(told.declared ?? {}).sort(), wanted);
}

const isForm = (cell: EraCell, outcome: Outcome | undefined, message: string): void =>
  assert.deepEqual(outcome?.answer, {
    action: "accept",
    content: { marker: `[${cell.core.key}] ${message}`, by: cell.client.name },
  });

const isCompletion = (cell: EraCell, outcome: Outcome | undefined, marker: string): void =>
  assert.deepEqual(outcome?.answer?.["content"], { type: "text", text: `${cell.client.name}: ${marker}` });

async function elicit(cell: EraCell): Promise<void> {
  const { client, core } = cell;
  const form = await tell(cell, "elicit");
  isForm(cell, form, form.marker);

  const page = await tell(cell, "elicit", { mode: "url" });
  assert.equal(page.answer?.["action"], "accept", page.error?.message);
  const asked = client.asked.find(({ params }) => params["url"] === `https://example.com/${page.marker}`);
  const elicitationId = asked?.params["elicitationId"];
  // The modern era has no ids of questions, and says nothing when one is over.
  if (client.era === "modern") return assert.equal(elicitationId, undefined);
  if (cell.era === "legacy") assert.equal(elicitationId, `${core.key}~${page.elicitationId}`);
  else assert.equal(typeof elicitationId, "string");
  await client.heard("notifications/elicitation/complete", (params) => params["elicitationId"] === elicitationId);
}

/** How often the client was asked to bring answers, in the modern way, since `from`. */
const roundsSince = ({ client }: EraCell, from: number): number =>
  client.said.slice(from).filter(({ message }) => message.result?.resultType === "input_required").length;

async function rounds(cell: EraCell): Promise<void> {
  const from = cell.client.said.length;
  const { marker, answers = [] } = await tell(cell, "rounds");
  isForm(cell, answers[0], marker);
  isForm(cell, answers[1], `${marker}, ${cell.client.name}`);
  isCompletion(cell, answers[2], marker);
  assert.equal(roundsSince(cell, from), cell.client.era === "modern" ? 3 : 0);
}

async function together(cell: EraCell): Promise<void> {
  const from = cell.client.said.length;
  const { marker, answers = [] } = await tell(cell, "together");
  isForm(cell, answers[0], marker);
  isCompletion(cell, answers[1], marker);
  assert.deepEqual(answers[2]?.answer?.["roots"], cell.client.roots);
  assert.equal(roundsSince(cell, from), cell.client.era === "modern" ? 1 : 0);
}

/** On a Core that many share nobody is asked; each question is refused, and the call goes on. */
const refused: EraOperation = async (cell) => {
  const from = cell.client.asked.length;
  const { answers = [] } = await tell(cell, "together");
  assert.equal(answers.length, 3);
  for (const { error } of answers) assert.match(error?.message ?? "", /shared by several clients.*isolation: session/);
  assert.equal(cell.client.asked.length, from);
};

const { tasks: _, ...common } = operations;

export const eraOperations: Readonly<Record<string, EraOperation>> = {
  ...common,
  ...{ call, subscribe: subscribing(2), elicit, rounds, together },
};

/** `isAlone`: nobody else is a client of this hub. */
export function eraOperation(
  name: string,
  { isolation, era, core }: Pick<EraCell, "isolation" | "era" | "core">,
  isAlone: boolean,
): [outcome: string, run: EraOperation] {
  const run = eraOperations[name];
  assert.ok(run);
  // On a pipe and on a socket a log message does not say to which call it belongs, and a modern Core is everybody's.
  const isNobodys = name === "log" && era === "modern" && (core.framing as string) !== "http" && !isAlone;
  if (isNobodys) return otherwise.shared["log"] as [string, Operation];
  if (isolation !== "shared") return ["works", run];
  if (name === "rounds" || name === "together") return ["is refused", refused];
  return (otherwise.shared[name] as [string, Operation] | undefined) ?? ["works", run];
}
