// How long and how often: the knobs of a run.

export interface Plan {
  readonly rounds: number;
  /**
   * A kind of call is driven for so long before its first turn: V8 compiles a hub's code over its first seconds, and what lives longer than
   * a moment, for which a floor's heap has to be collected more often, is there after as many.
   */
  readonly warmUpMs: number;
  /** The same for one that was driven before, over other connections. */
  readonly againMs: number;
  /** Of each contender in a round. */
  readonly turns: number;
  readonly turnMs: number;
  /** At the start of each turn, untimed: to fill what is in flight. */
  readonly turnWarmUpMs: number;
  readonly lists: number;
  readonly idleClients: number;
  readonly settleMs: number;
  readonly growthSessions: number;
}

export const fullPlan: Plan = {
  rounds: 5,
  warmUpMs: 4000,
  againMs: 500,
  turns: 6,
  turnMs: 200,
  turnWarmUpMs: 50,
  lists: 40,
  idleClients: 500,
  settleMs: 300,
  growthSessions: 5000,
};

export const quickPlan: Plan = {
  ...fullPlan,
  rounds: 2,
  warmUpMs: 1000,
  againMs: 200,
  turns: 3,
  turnMs: 100,
  turnWarmUpMs: 50,
  lists: 15,
  settleMs: 150,
};
