// How long and how often: the knobs of a run.

export interface Plan {
  readonly rounds: number;
  /** Fresh processes are driven for so long before the first timed row. */
  readonly firstWarmUpMs: number;
  readonly warmUpMs: number;
  readonly loadMs: number;
  readonly latencyMs: number;
  /** Latency is the noisiest row: so many turns of every subject in each round. */
  readonly latencyLaps: number;
  readonly lists: number;
  readonly idleClients: number;
  readonly settleMs: number;
  readonly growthSessions: number;
  readonly growthMs: number;
}

export const fullPlan: Plan = {
  rounds: 5,
  firstWarmUpMs: 600,
  warmUpMs: 250,
  loadMs: 600,
  latencyMs: 400,
  latencyLaps: 3,
  lists: 40,
  idleClients: 500,
  settleMs: 300,
  growthSessions: 5000,
  growthMs: 600,
};

export const quickPlan: Plan = {
  ...fullPlan,
  rounds: 2,
  firstWarmUpMs: 400,
  warmUpMs: 120,
  loadMs: 250,
  latencyMs: 200,
  latencyLaps: 2,
  lists: 15,
  settleMs: 150,
  growthMs: 300,
};
