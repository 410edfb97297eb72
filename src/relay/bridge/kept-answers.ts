// What came of parked calls that are over, and may still be fetched: how many there may be, of whom, and how much. The oldest go first.
import { Tally } from "../../base/tally.ts";

export interface KeptAnswer {
  /** Whose it is: `subjectOf`. */
  readonly sub: string;
  readonly bytes: number;
  /** It has to go. */
  drop(): void;
}

/** One alone always has room: it is smaller than what one client may have. */
const ofOneClient = { count: 64, bytes: 16 * 1024 * 1024 };
const ofAll = { count: 1024, bytes: 64 * 1024 * 1024 };

export class KeptAnswers {
  /** In the order that they came. */
  readonly #all = new Set<KeptAnswer>();
  readonly #tally = new Tally(ofOneClient, ofAll);

  /** The others make room for it. Returns what is to be called when it is gone, for whatever reason. */
  add(answer: KeptAnswer): () => void {
    const { sub, bytes } = answer;
    this.#all.add(answer);
    this.#tally.add(sub, bytes);
    for (let excess = this.#tally.excess(sub); excess !== undefined; excess = this.#tally.excess(sub)) {
      const oldest = this.#oldest(excess === "one" ? sub : undefined);
      if (oldest === undefined || oldest === answer) break;
      oldest.drop();
    }
    return () => {
      if (this.#all.delete(answer)) this.#tally.remove(sub, bytes);
    };
  }

  #oldest(of: string | undefined): KeptAnswer | undefined {
    for (const answer of this.#all) if (of === undefined || answer.sub === of) return answer;
    return undefined;
  }
}
