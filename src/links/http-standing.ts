// The stream of what belongs to no request, in a session of HTTP (MCP 2025-03-26 … 2025-11-25): asked for once the client is initialized, and again
// for as long as the session is there, if the other side has such a stream at all.
import type { IncomingMessage } from "node:http";
import { type EventsDeps, HttpEvents } from "./http-events.ts";
import { mediaType } from "./http-exchange.ts";

type Shared = "clock" | "maxMessageBytes" | "intake" | "isPaused" | "ask" | "message" | "unreachable";

export interface StandingDeps extends Pick<EventsDeps, Shared> {
  /** The stream was there, and is refused: says what that means for the session. True: it may be asked for again. */
  refused(response: IncomingMessage): boolean;
  /** It is there again, not where it was cut: what was said in between was not heard. */
  missed(): void;
}

/** Most servers that have none say 405, some 404 or 400. */
export function standingStream(deps: StandingDeps): HttpEvents {
  let hasStood = false;
  return new HttpEvents({
    ...deps,
    isStanding: true,
    mayGoOn: true,
    ask: (lastId, events) =>
      deps.ask(lastId, {
        ...events,
        head: (response) => {
          const stands = response.statusCode === 200 && mediaType(response) === "text/event-stream";
          if (stands && hasStood && lastId === undefined) deps.missed();
          hasStood ||= stands;
          events.head(response);
        },
      }),
    tooLarge: () => {},
    refused: (response) => {
      const { statusCode = 0 } = response;
      // There may be one such stream at a time, and the other side does not know yet that the one before has broken.
      if (hasStood || statusCode === 401) return deps.refused(response) || statusCode === 409;
      response.destroy();
      return statusCode >= 500 && statusCode !== 501;
    },
    ended: () => {},
  });
}
