// list_changed towards clients: one notification per list whose content changed in that session's own view, however many
// Cores came or went in the meantime.
import type { Clock, Timer } from "../base/clock.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { diffViews } from "../catalog/view.ts";
import { noSplices } from "../wire/frame.ts";
import { notificationFrame } from "./answers.ts";
import type { ClientSession } from "./call.ts";

const debounceMs = 100;

export interface ChangesDeps {
  readonly clock: Clock;
  /** A snapshot of what the Cores have now; the one before saves work. */
  build(previous: Catalog | undefined): Catalog;
  sessions(): Iterable<ClientSession>;
}

/** Owns the current catalog: a snapshot that is replaced as a whole, never changed. */
export class Changes {
  readonly #deps: ChangesDeps;
  #catalog: Catalog;
  /** The catalog that clients were last told of; undefined when nothing is to be told. */
  #told: Catalog | undefined;
  #timer: Timer | undefined;

  constructor(deps: ChangesDeps) {
    this.#deps = deps;
    this.#catalog = deps.build(undefined);
  }

  get catalog(): Catalog {
    return this.#catalog;
  }

  /** A Core's lists changed: the new snapshot serves from now on, the clients hear of it once things are quiet. */
  refresh(): void {
    this.#told ??= this.#catalog;
    this.#catalog = this.#deps.build(this.#catalog);
    this.#timer ??= this.#deps.clock.after(debounceMs, () => this.#tell());
  }

  #tell(): void {
    const before = this.#told;
    this.#timer = undefined;
    this.#told = undefined;
    if (before === undefined) return;
    for (const session of this.#deps.sessions()) {
      if (session.phase !== "ready") continue;
      const changed = diffViews(before.view(session.principal), this.#catalog.view(session.principal));
      for (const kind of ["tools", "resources", "prompts"] as const) {
        if (changed[kind]) session.sink.send(notificationFrame(`notifications/${kind}/list_changed`), noSplices);
      }
    }
  }
}
