// logging/setLevel: each session has its own level, a Core gets the least severe one that any session asked for. In the modern era each request may
// be a session: who wants more is heard at once, that nobody does any more shows a while later.
import type { Clock, Timer } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import { type LogLevel, logLevelName, logLevelNames, logLevelOf } from "../sessions/log-level.ts";
import type { ClientSession } from "./call.ts";

/** A Core that can be told a level. Fire and forget: a Core that refuses keeps the level it has. */
export interface LevelTarget {
  setLogLevel(name: string): void;
}

export interface LogLevelsDeps {
  readonly clock: Pick<Clock, "after">;
  /** Instances that several sessions share. */
  shared(): Iterable<LevelTarget>;
  /** Those that are this session's alone. */
  own(session: ClientSession): Iterable<LevelTarget>;
}

const settleMs = 10_000;

export class LogLevels {
  /** How many sessions have asked for each level. */
  readonly #asked: number[] = logLevelNames.map(() => 0);
  readonly #deps: LogLevelsDeps;
  #current: LogLevel | undefined;
  #timer: Timer | undefined;

  constructor(deps: LogLevelsDeps) {
    this.#deps = deps;
  }

  /** Throws params_invalid for a level that MCP does not know. */
  set(session: ClientSession, params: Buffer | undefined): void {
    const value: unknown = params === undefined ? undefined : JSON.parse(params.toString("utf8"));
    const level = logLevelOf((value as Record<string, unknown> | undefined)?.["level"]);
    if (level === undefined) {
      throw new HubError("params_invalid", `logging/setLevel needs params.level, one of ${logLevelNames.join(", ")}`);
    }
    this.want(session, level);
  }

  /** The session hears messages of this level and of more severe ones. Cores keep the level when it is gone, until somebody wants another. */
  want(session: ClientSession, level: LogLevel): void {
    this.#count(session.logLevel, -1);
    session.logLevel = level;
    this.#count(level, 1);
    for (const target of this.#deps.own(session)) target.setLogLevel(logLevelName(level));
    this.#apply();
  }

  /** The session is gone. */
  forget({ logLevel }: ClientSession): void {
    if (logLevel === undefined) return;
    this.#count(logLevel, -1);
    this.#apply();
  }

  /** Tells nobody any more. */
  close(): void {
    this.#timer?.cancel();
  }

  /** For an instance that just came up: it starts with a level of its own. `owner`: of one that is this session's alone. */
  tell(target: LevelTarget, owner?: ClientSession): void {
    if (owner !== undefined) {
      if (owner.logLevel !== undefined) target.setLogLevel(logLevelName(owner.logLevel));
    } else if (this.#current !== undefined) target.setLogLevel(logLevelName(this.#current));
  }

  #count(level: LogLevel | undefined, by: 1 | -1): void {
    if (level !== undefined) this.#asked[level] = (this.#asked[level] ?? 0) + by;
  }

  #apply(): void {
    const level = this.#least;
    if (level === undefined || level === this.#current) return;
    if (this.#current === undefined || level < this.#current) this.#tellAll(level);
    else {
      this.#timer ??= this.#deps.clock.after(settleMs, () => {
        this.#timer = undefined;
        const settled = this.#least;
        if (settled !== undefined && settled !== this.#current) this.#tellAll(settled);
      });
    }
  }

  /** The least severe one that is asked for. A Core without listeners is left as it is: nobody hears it. */
  get #least(): LogLevel | undefined {
    const level = this.#asked.findIndex((sessions) => sessions > 0);
    return level < 0 ? undefined : level;
  }

  #tellAll(level: LogLevel): void {
    this.#current = level;
    for (const target of this.#deps.shared()) this.tell(target);
  }
}
