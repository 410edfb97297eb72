// logging/setLevel: each session has its own level, a Core gets the least severe one that any session asked for.
import { HubError } from "../base/errors.ts";
import { type LogLevel, logLevelName, logLevelNames, logLevelOf } from "../sessions/log-level.ts";
import type { ClientSession } from "./call.ts";

/** A Core that can be told a level. Fire and forget: a Core that refuses keeps the level it has. */
export interface LevelTarget {
  setLogLevel(name: string): void;
}

export interface LogLevelsDeps {
  /** Instances that several sessions share. */
  shared(): Iterable<LevelTarget>;
  /** Those that are this session's alone. */
  own(session: ClientSession): Iterable<LevelTarget>;
}

export class LogLevels {
  readonly #asked = new Map<ClientSession, LogLevel>();
  readonly #deps: LogLevelsDeps;
  #current: LogLevel | undefined;

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
    session.logLevel = level;
    this.#asked.set(session, level);
    for (const target of this.#deps.own(session)) target.setLogLevel(logLevelName(level));
    this.#apply();
  }

  forget(session: ClientSession): void {
    // The level of the others may be more severe, but a Core without listeners is left as it is: nobody hears it.
    if (this.#asked.delete(session) && this.#asked.size > 0) this.#apply();
  }

  /** For an instance that just came up: it starts with a level of its own. `owner`: of one that is this session's alone. */
  tell(target: LevelTarget, owner?: ClientSession): void {
    if (owner !== undefined) {
      if (owner.logLevel !== undefined) target.setLogLevel(logLevelName(owner.logLevel));
    } else if (this.#current !== undefined) target.setLogLevel(logLevelName(this.#current));
  }

  #apply(): void {
    const level = Math.min(...this.#asked.values());
    if (level === this.#current) return;
    this.#current = level;
    for (const target of this.#deps.shared()) this.tell(target);
  }
}
