// What becomes of the uris in the results of calls: those of a prefixed Core get the form that clients see, those of others are learned.
// Cores that have no resources and are not prefixed pay nothing.
import { toClient } from "../catalog/uri-spelling.ts";
import { byPlace, byteString, type Frame, flatten, noSplices, type Splice } from "../wire/frame.ts";
import { type Scan, stringAt } from "../wire/scan.ts";
import type { Call, CallHook, ClientSession, Lane } from "./call.ts";
import { LearnedUris } from "./learned-uris.ts";
import { resultUris } from "./result-uris.ts";

/** Of larger results nothing is learned. */
const maxLearnedBytes = 64 * 1024;
const mark = Buffer.from('"uri"');

/** Whose results have uris in them. */
const methods: ReadonlySet<string> = new Set([
  "tools/call",
  "prompts/get",
  "resources/read",
  "tasks/result",
  "tasks/get",
]);

export class ResourceUris {
  readonly #learned = new LearnedUris();
  readonly #learn: CallHook = { edits: (frame, scan, call) => this.#learnFrom(frame, scan, call) };

  /** With what else takes part in the answer of a call of this method on this lane. */
  hooks(lane: Lane, method: string, others: readonly CallHook[] | undefined): readonly CallHook[] | undefined {
    const isPrefixed = lane.policy.uriPrefix !== undefined;
    if (!isPrefixed && lane.core.capabilities["resources"] === undefined) return others;
    if (!methods.has(method)) return others;
    if (isPrefixed) return spelling(others);
    if (method === "resources/read") return others;
    return others === undefined ? [this.#learn] : [...others, this.#learn];
  }

  /** Which Cores said it to this client. */
  saidBy(session: ClientSession): (uri: string) => readonly string[] {
    return (uri) => this.#learned.saidBy(session.limitKey, uri);
  }

  /** The Core is gone. */
  forget(coreKey: string): void {
    this.#learned.forget(coreKey);
  }

  #learnFrom(frame: Frame, scan: Scan, call: Call): readonly Splice[] {
    if (frame.size > maxLearnedBytes || scan.resultStart < 0) return noSplices;
    const bytes = flatten(frame);
    if (bytes.indexOf(mark) < 0) return noSplices;
    for (const { start, end } of resultUris(bytes, scan, call.method)) {
      this.#learned.learn(call.lane.core.name, call.session.limitKey, stringAt(bytes, start, end));
    }
    return noSplices;
  }
}

/** One hook makes all edits: what another one replaces is not to be edited in it as well. */
function spelling(others: readonly CallHook[] = []): readonly CallHook[] {
  const edits: CallHook["edits"] = (frame, scan, call) => {
    const theirs = others.flatMap((hook) => hook.edits?.(frame, scan, call) ?? []);
    const own = spelled(frame, scan, call).filter(
      ({ start, end }) => !theirs.some((edit) => edit.start <= start && end <= edit.end),
    );
    return [...theirs, ...own].sort(byPlace);
  };
  return [...others.map(({ edits: _, ...rest }) => rest), { edits }];
}

function spelled(frame: Frame, scan: Scan, { lane, method }: Call): readonly Splice[] {
  const namespace = lane.policy.uriPrefix;
  if (namespace === undefined || scan.resultStart < 0) return noSplices;
  const bytes = flatten(frame);
  return resultUris(bytes, scan, method).map(({ start, end }) => spelledAt(bytes, start, end, namespace));
}

/** The edit of a string, with its quotes, that is a uri of this Core. */
export function spelledAt(bytes: Buffer, start: number, end: number, namespace: string): Splice {
  return { start, end, text: byteString(JSON.stringify(toClient(namespace, stringAt(bytes, start, end)))) };
}
