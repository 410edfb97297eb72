// What the rules about single calls need of the hub: the setup in force, a validator, the service that decides, numbers and log lines. What
// few manifests need is loaded for those that have it.
import type { Clock } from "../base/clock.ts";
import { SpacedLog } from "../base/spaced-log.ts";
import { ArgumentChecks } from "../gates/argument-checks.ts";
import { type Decision, Decisions, outcomes } from "../gates/decisions.ts";
import type { Setup } from "../manifest/diff.ts";
import type { DecisionPoint } from "../manifest/manifest.ts";
import { type CallRulesDeps, type Denial, denials } from "../relay/call-rules.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics, Reading } from "../telemetry/metrics.ts";

export interface CallGateDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** For proxies. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly metrics: Pick<Metrics, "watch">;
  /** In force. */
  setup(): Setup;
  tagsOf(coreKey: string): readonly string[] | undefined;
}

interface Asking {
  readonly point: DecisionPoint;
  readonly decisions: Decisions;
  readonly withArguments: boolean;
}

export class CallGate implements CallRulesDeps {
  readonly checks: ArgumentChecks = new ArgumentChecks();
  readonly #deps: CallGateDeps;
  readonly #log: Log;
  readonly #denials = new Map<Denial, number>(denials.map((by) => [by, 0]));
  readonly #lines: SpacedLog;
  readonly #failures: SpacedLog;
  #asking: Asking | undefined;
  /** Of decision points that were in force before. */
  readonly #before = new Map<string, number>();

  constructor(deps: CallGateDeps) {
    this.#deps = deps;
    this.#log = deps.log.child({ component: "relay" });
    this.#lines = new SpacedLog(deps.clock, (context) => this.#log.info("call_denied", context));
    this.#failures = new SpacedLog(deps.clock, (context) => this.#log.warn("decision_failed", context));
    deps.metrics.watch("thehub_denied_total", () => this.#denials);
    deps.metrics.watch("thehub_decisions_total", () =>
      outcomes.map((outcome): Reading => [outcome, this.#count(outcome)]),
    );
  }

  /** Resolves when the argument rules of this setup can be kept. Never rejects: one that cannot be lets nothing pass. */
  async prepare({ manifest }: Setup): Promise<void> {
    try {
      await this.checks.prepare(manifest.clients.flatMap((client) => client.arguments));
    } catch (error) {
      this.#log.error("argument_rules_unusable", { error });
    }
  }

  decisions(): Asking | undefined {
    const { decision: point } = this.#deps.setup().settings;
    if (this.#asking?.point !== point) {
      for (const outcome of outcomes) this.#before.set(outcome, this.#count(outcome));
      this.#asking = point === undefined ? undefined : this.#open(point);
    }
    return this.#asking;
  }

  tagsOf(coreKey: string): readonly string[] {
    return this.#deps.tagsOf(coreKey) ?? [];
  }

  denied: CallRulesDeps["denied"] = (by, session, what) => {
    this.#denials.set(by, (this.#denials.get(by) ?? 0) + 1);
    const lines = by === "decision_failed" ? this.#failures : this.#lines;
    lines.say(by, { by, session: session.id, client: session.principal.name, ...what });
  };

  /** Says what has not been said yet. */
  close(): void {
    this.#lines.close();
    this.#failures.close();
  }

  #open(point: DecisionPoint): Asking {
    const { clock, env } = this.#deps;
    let ask: Promise<(question: Buffer) => Promise<Decision>> | undefined;
    const decisions = new Decisions({
      clock,
      cacheMs: point.cacheMs,
      maxWaiting: point.maxWaiting,
      ask: async (question) => {
        try {
          ask ??= import("../links/decision-point.ts").then((links) => links.createDecisionPoint(point, clock, env));
          return await (await ask)(question);
        } catch (error) {
          ask = undefined;
          return { t: "failed", why: (error as Error).message };
        }
      },
    });
    return { point, decisions, withArguments: point.arguments };
  }

  #count(outcome: (typeof outcomes)[number]): number {
    return (this.#before.get(outcome) ?? 0) + (this.#asking?.decisions.counts[outcome] ?? 0);
  }
}
