// How Cores are, in words and counts.
import { coreCondition } from "../base/core-states.ts";
import type { Core } from "../cores/core.ts";
import type { Fleet } from "./fleet.ts";

/** What is wrong with a Core, in a sentence with its last words; undefined while it is up. */
export function troubleOf(core: Core): string | undefined {
  const { name, state } = core;
  if (state.t === "up") return undefined;
  const words = core.stderrTail().slice(-3);
  return [
    `core "${name}" ${coreCondition(state.t, "reason" in state ? state : undefined)}`,
    ...words.map((line) => `  ${line}`),
  ].join("\n");
}

/** `ok` is false only when there are Cores and none is up or on its way. */
export function healthOf(fleet: Pick<Fleet, "cores" | "isUp">): { ok: boolean; cores: number } {
  const { cores } = fleet;
  const up = cores.filter((core) => fleet.isUp(core)).length;
  const isComing = cores.some(({ state }) => state.t === "starting" || state.t === "idle");
  return { ok: up > 0 || isComing || cores.length === 0, cores: up };
}
