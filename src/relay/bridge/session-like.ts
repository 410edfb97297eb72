// A session beside the one that a request came in: the same client as far as views, limits and capabilities go, with a life of its own.
import { Session } from "../../sessions/session.ts";
import type { ReplySink } from "../../wire/frame.ts";
import type { Call, ClientSession } from "../call.ts";

export interface Likeness {
  /** For people and logs. */
  readonly id: string;
  readonly openedMs: number;
  readonly sink: ReplySink;
  end?(): void;
}

export function sessionLike(session: ClientSession, { id, openedMs, sink, end }: Likeness): ClientSession {
  const { principal, door, peer, askedProfile: profile } = session;
  const made: ClientSession = new Session<Call>(id, openedMs, {
    principal,
    door,
    peer,
    profile,
    sink,
    end: () => end?.(),
  });
  const { envelope, revision, client, capabilities, caller, limitKey } = session;
  return Object.assign(made, { envelope, revision, client, capabilities, caller, limitKey, phase: "ready" });
}
