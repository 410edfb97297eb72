// subscriptions/listen (2026-07-28): a request that stays open, and by which its client hears of changes that it asked for. Each is a session
// beside that of its request: what the hub tells sessions is filtered and stamped with the request's id on its way.
import type { Clock } from "../../base/clock.ts";
import { HubError } from "../../base/errors.ts";
import { idKey } from "../../sessions/session.ts";
import {
  type ByteString,
  byteText,
  frameOf,
  joined,
  noSplices,
  type ReplySink,
  type Splice,
} from "../../wire/frame.ts";
import { elements, findMember, members, type Range } from "../../wire/json.ts";
import { paramAt } from "../../wire/params.ts";
import { stringAt } from "../../wire/scan.ts";
import { notificationFrame } from "../answers.ts";
import type { ClientSession } from "../call.ts";
import { idInUse } from "../call-errors.ts";
import type { Request } from "../request.ts";
import { sessionLike } from "./session-like.ts";
import { requireTasks } from "./task-requests.ts";

/** Of one session. */
const maxListens = 64;
const maxUris = 1024;
/** Of all uris of one request: each is looked for among the templates of all Cores, at the expense of everybody. */
const maxUriChars = 256 * 1024;
const maxTasks = 256;

/** What is asked for, by what it is called when it comes. */
const kinds: ReadonlyMap<string, string> = new Map([
  ["toolsListChanged", "notifications/tools/list_changed"],
  ["promptsListChanged", "notifications/prompts/list_changed"],
  ["resourcesListChanged", "notifications/resources/list_changed"],
]);
const updated = "notifications/resources/updated";
const taskNews = "notifications/tasks";

export interface ListensDeps {
  readonly clock: Pick<Clock, "now">;
  /** The session hears of changes of this resource from now on. False where nobody tells of them. Throws HubError. */
  hold(session: ClientSession, uri: string): boolean;
  /** The session hears of what becomes of this task from now on. False where it has none of this name, or nobody tells of it. Throws HubError. */
  holdTask(session: ClientSession, name: string): boolean;
  /** The session is one from now on. */
  opened(session: ClientSession): void;
  /** Nothing of the session is left. */
  closed(session: ClientSession): void;
}

interface Listen {
  readonly idText: ByteString;
  readonly replies: ReplySink;
  /** Of the request. */
  readonly asker: ClientSession;
  /** The one that hears. */
  readonly session: ClientSession;
}

interface Wanted {
  readonly notifications: readonly string[];
  readonly uris: readonly string[];
  /** Undefined: nothing was said of tasks. */
  readonly tasks: readonly string[] | undefined;
}

export class Listens {
  readonly #deps: ListensDeps;
  readonly #open = new Map<ClientSession, Map<string, Listen>>();

  constructor(deps: ListensDeps) {
    this.#deps = deps;
  }

  get size(): number {
    let size = 0;
    for (const listens of this.#open.values()) size += listens.size;
    return size;
  }

  /** Those that hear. */
  *sessions(): Iterable<ClientSession> {
    for (const listens of this.#open.values()) for (const { session } of listens.values()) yield session;
  }

  /** Throws HubError. */
  open(request: Request): void {
    const { session: asker, replies, idText } = request;
    const key = idKey(idText);
    const mine = this.#open.get(asker) ?? new Map<string, Listen>();
    if (mine.has(key) || asker.calls.has(key)) throw idInUse(idText);
    if (mine.size >= maxListens) {
      throw new HubError("overloaded", `${maxListens} requests of this client listen already`, {
        retry_after_ms: 1000,
      });
    }
    const wanted = wantedBy(request);
    if (wanted.tasks !== undefined) requireTasks(asker, "notifications.taskIds");
    const kept = new Set(wanted.notifications.flatMap((kind) => kinds.get(kind) ?? []));
    const session = sessionLike(asker, {
      id: `${asker.id}l${mine.size + 1}`,
      openedMs: this.#deps.clock.now(),
      sink: stamping(replies, idText, kept.add(updated).add(taskNews)),
      end: () => this.#end(asker, key),
    });
    session.hearsNews = true;
    const listen: Listen = { idText, replies, asker, session };
    this.#open.set(asker, mine.set(key, listen));
    asker.listens = (asker.listens ?? new Set()).add(key);
    this.#deps.opened(session);
    let notifications: object;
    try {
      notifications = this.#held(session, wanted);
    } catch (error) {
      // Whoever asked is told so by the caller: a second answer, or news under this id, must not follow.
      this.#forget(asker, key, listen);
      throw error;
    }
    const acknowledged = notificationFrame("notifications/subscriptions/acknowledged", { notifications });
    replies.send(acknowledged, stamps(acknowledged.chunks[0] as Buffer, idText));
  }

  /** The client wants to hear no more. False where it did not listen by this request. */
  cancel(asker: ClientSession, key: string): boolean {
    const listen = this.#open.get(asker)?.get(key);
    if (listen === undefined) return false;
    this.#forget(asker, key, listen);
    listen.replies.dropped();
    return true;
  }

  /** The client is gone. */
  dropSession(asker: ClientSession): void {
    const mine = this.#open.get(asker);
    if (mine !== undefined) for (const [key, listen] of [...mine]) this.#forget(asker, key, listen);
  }

  /** The hub has nothing more to tell: all are ended as they want to be. */
  endAll(): void {
    for (const [asker, listens] of [...this.#open]) for (const key of [...listens.keys()]) this.#end(asker, key);
  }

  /** What the session hears of from now on, as it is acknowledged. Throws HubError. */
  #held(session: ClientSession, wanted: Wanted): object {
    const uris = wanted.uris.filter((uri) => this.#deps.hold(session, uri));
    const taskIds = (wanted.tasks ?? []).filter((name) => this.#deps.holdTask(session, name));
    return {
      ...Object.fromEntries(wanted.notifications.map((kind) => [kind, true])),
      ...(uris.length > 0 && { resourceSubscriptions: uris }),
      ...(taskIds.length > 0 && { taskIds }),
    };
  }

  #end(asker: ClientSession, key: string): void {
    const listen = this.#open.get(asker)?.get(key);
    if (listen === undefined) return;
    this.#forget(asker, key, listen);
    const { idText, replies } = listen;
    const meta = `"_meta":{"io.modelcontextprotocol/subscriptionId":${idText}}`;
    const text = `{"jsonrpc":"2.0","id":${idText},"result":{"resultType":"complete",${meta}}}`;
    replies.answer(frameOf(Buffer.from(text, "latin1")), noSplices);
  }

  #forget(asker: ClientSession, key: string, { session }: Listen): void {
    const mine = this.#open.get(asker);
    mine?.delete(key);
    asker.listens?.delete(key);
    if (mine?.size === 0) this.#open.delete(asker);
    session.phase = "closed";
    this.#deps.closed(session);
  }
}

/** Where news goes that was asked for, under the id of the request that asked. */
function stamping(replies: ReplySink, idText: ByteString, methods: ReadonlySet<string>): ReplySink {
  return {
    send: (frame, splices) => {
      const bytes = joined(frame, splices, "", "");
      const method = findMember(bytes, 0, bytes.length, "method");
      if (method === undefined || !methods.has(stringAt(bytes, method.start, method.end))) return "ok";
      return replies.send(frameOf(bytes), stamps(bytes, idText));
    },
    answer: () => "closed",
    dropped: () => {},
  };
}

/** The edits that put the id of the listening request into a notification. */
function stamps(bytes: Buffer, idText: ByteString): readonly Splice[] {
  const stamp = `"io.modelcontextprotocol/subscriptionId":${idText}`;
  const params = findMember(bytes, 0, bytes.length, "params");
  if (params === undefined) return [inside({ start: 0, end: bytes.length }, bytes, `"params":{"_meta":{${stamp}}}`)];
  const meta = findMember(bytes, params.start, params.end, "_meta");
  return meta === undefined ? [inside(params, bytes, `"_meta":{${stamp}}`)] : [inside(meta, bytes, stamp)];
}

/** A first member of the object at a range. */
function inside({ start, end }: Range, bytes: Buffer, member: ByteString): Splice {
  const isEmpty = bytes.subarray(start + 1, end - 1).every((byte) => byte <= 0x20);
  return { start: start + 1, end: start + 1, text: isEmpty ? member : `${member},` };
}

/** Throws HubError for what is no filter. What the hub does not know is left out of the acknowledgement. */
function wantedBy({ bytes, scan }: Request): Wanted {
  const filter = paramAt(bytes, scan, "notifications");
  if (filter === undefined || bytes[filter.start] !== 0x7b) {
    throw new HubError("params_invalid", "subscriptions/listen needs params.notifications, an object");
  }
  const notifications: string[] = [];
  const uris: string[] = [];
  let tasks: readonly string[] | undefined;
  members(bytes, filter.start, filter.end, (key, start, end) => {
    if (kinds.has(key) && byteText(bytes, start, end) === "true") notifications.push(key);
    if (key === "resourceSubscriptions") uris.push(...stringsIn(bytes, { start, end }, maxUris));
    if (key === "taskIds") tasks = stringsIn(bytes, { start, end }, maxTasks);
  });
  let left = maxUriChars;
  const isWithin = (uri: string): boolean => {
    left -= uri.length;
    return left >= 0;
  };
  return { notifications, uris: uris.slice(0, maxUris).filter(isWithin), tasks };
}

/** Those of a list, as far as they are strings. */
function stringsIn(bytes: Buffer, { start, end }: Range, max: number): string[] {
  const found: string[] = [];
  elements(bytes, start, end, (from, to) => {
    if (bytes[from] === 0x22 && found.length < max) found.push(stringAt(bytes, from, to));
  });
  return found;
}
