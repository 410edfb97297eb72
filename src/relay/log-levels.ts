// logging/setLevel: each session has its own level, a Core gets the least severe one that any session asked for.
import { HubError } from "../base/errors.ts";
import { type LogLevel, logLevelName, logLevelNames, logLevelOf } from "../sessions/log-level.ts";
import type { ClientSession } from "./call.ts";

/** A Core that can be told a level. Fire and forget: a Core that refuses keeps the level it has. */
export interface LevelTarget {
  setLogLevel(name: string): void;
}

export class LogLevels {
  readonly #asked = new Map<ClientSession, LogLevel>();
  readonly #targets: () => Iterable<LevelTarget>;
  #current: LogLevel | undefined;

  constructor(targets: () => Iterable<LevelTarget>) {
    this.#targets = targets;
  }

  /** Throws params_invalid for a level that MCP does not know. */
  set(session: ClientSession, params: Buffer | undefined): void {
    const value: unknown = params === undefined ? undefined : JSON.parse(params.toString("utf8"));
    const level = logLevelOf((value as Record<string, unknown> | undefined)?.["level"]);
    if (level === undefined) {
      throw new HubError("params_invalid", `logging/setLevel needs params.level, one of ${logLevelNames.join(", ")}`);
    }
    session.logLevel = level;
    this.#asked.set(session, level);
    this.#apply();
  }

  forget(session: ClientSession): void {
    // The level of the others may be more severe, but a Core without listeners is left as it is: nobody hears it.
    if (this.#asked.delete(session) && this.#asked.size > 0) this.#apply();
  }

  /** For a Core that just came up: it starts with a level of its own. */
  tell(target: LevelTarget): void {
    if (this.#current !== undefined) target.setLogLevel(logLevelName(this.#current));
  }

  #apply(): void {
    const level = Math.min(...this.#asked.values());
    if (level === this.#current) return;
    this.#current = level;
    for (const target of this.#targets()) this.tell(target);
  }
}
