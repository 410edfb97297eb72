// How Cores are, in words and counts.
import { coreCondition } from "../base/core-states.ts";
import type { Core } from "../cores/core.ts";

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
export function healthOf(cores: readonly Pick<Core, "state">[]): { ok: boolean; cores: number } {
  const states = cores.map(({ state }) => state.t);
  const alive = states.some((state) => state === "up" || state === "starting" || state === "idle");
  return { ok: alive || states.length === 0, cores: states.filter((state) => state === "up").length };
}
