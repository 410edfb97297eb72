// What the hooks of a call say together. Nearly every call has none.
import type { HubError } from "../base/errors.ts";
import type { Call, CallHook, CallOutcome } from "./call.ts";

export function tellHooks({ hooks }: Call, outcome: CallOutcome): void {
  if (hooks === undefined) return;
  for (const hook of hooks) hook.over?.(outcome);
}

export function refusalOf({ hooks, lane }: Call): HubError | undefined {
  if (hooks === undefined) return undefined;
  for (const hook of hooks) {
    const refusal = hook.refuses?.(lane);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

export function untilOf(hooks: readonly CallHook[] | undefined): number | undefined {
  return hooks?.find(({ untilMs }) => untilMs !== undefined)?.untilMs;
}
