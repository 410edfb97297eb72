// A client has said who it is and what it can be asked: from now on its session has a view, and is ready.
import type { ClientSession } from "../relay/call.ts";
import type { Caller } from "../sessions/principal.ts";
import type { Log } from "../telemetry/log.ts";

export interface WelcomeDeps {
  readonly log: Log;
  /** Whose view the session has under the rules and profiles in force. */
  callerOf(session: ClientSession): Caller;
  greeted(session: ClientSession): void;
}

export function welcoming({ log, callerOf, greeted }: WelcomeDeps): (session: ClientSession) => void {
  return (session) => {
    session.caller = callerOf(session);
    session.phase = "ready";
    greeted(session);
    // Over HTTP each request of the modern era is a session.
    const level = session.era === "modern" && session.door === "http" ? "debug" : "info";
    log[level]("session_opened", {
      session: session.id,
      door: session.door,
      peer: session.peer,
      principal: session.principal.name,
      client: session.client?.name,
      profile: session.caller.profile?.name,
      revision: session.revision,
    });
  };
}
