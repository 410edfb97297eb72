// What is said to people of a Core's state: what follows its name in a sentence. Programs are given the state itself.
export const coreStateWords = {
  idle: "has not been started yet",
  starting: "is still starting",
  up: "is up",
  backoff: "is down, and will be tried again",
  failed: "was given up",
  draining: "takes no new calls",
  stopped: "is stopped",
} as const;

export type CoreStateName = keyof typeof coreStateWords;

interface Why {
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

/** The same with what is known of why. */
export function coreCondition(state: CoreStateName, { code, reason }: Why = {}): string {
  // A state that only another version of the hub knows.
  const words = coreStateWords[state] ?? `is ${state}`;
  if (reason === undefined) return words;
  // That reason is a sentence of its own, with what to run.
  return code === "login_needed" ? reason : `${words}: ${reason}`;
}
