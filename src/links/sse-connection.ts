// A server of HTTP+SSE (MCP 2024-11-05): a GET is the stream of everything that it says, whose first event names where messages are posted to.
// The stream is the session: where it breaks, it is gone on with only where its events have ids and the server still knows it, after as long
// as the server asked to wait (`retry`). Else the connection is lost.
//
//   asking ──stream──► opening ──endpoint──► open ──its end, with an id to come back with──► (HttpEvents) ──the same endpoint, or none──► open
//      └──refused──► lost ◄──late, elsewhere───┘──its end, without──► lost ◄──another endpoint: another session───┘
import type { IncomingMessage } from "node:http";
import type { Timer } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import { type ByteString, type Frame, flatten, frameOf, type Sent } from "../wire/frame.ts";
import { exchange } from "./authorized-exchange.ts";
import type { Connection, ConnectionEvents, Dialling, Said } from "./connection.ts";
import { HttpEvents } from "./http-events.ts";
import { type Asked, type ExchangeEvents, Intake, mediaType, readRefusal, type Underway } from "./http-exchange.ts";
import { judgeRefusal } from "./http-refusals.ts";
import { away, type Circumstances, type Loss, lossOfError, lossOfStatus, wrong } from "./losses.ts";
import { type Posting, Posts } from "./posts.ts";
import { type Transport, transportOf } from "./transport.ts";

/** As for Streamable HTTP: shorter than the 5 s after which servers close a connection that nobody uses. */
const pool = { keepAlive: true, timeout: 3_000, maxFreeSockets: 16 };
const maxEndpointBytes = 8 * 1024;
/** Largest messages that may be coming in at a time: there is one stream, and the end of the one before it. */
const maxLargest = 2;

export class SseConnection implements Connection {
  readonly #dialling: Dialling;
  readonly #events: ConnectionEvents;
  readonly #circumstances: Circumstances;
  readonly #transport: Transport;
  readonly #stream: HttpEvents;
  readonly #posts: Posts;
  #asking: Underway | undefined;
  #opening: Timer;
  #closeTimer: Timer | undefined;
  #endpoint: URL | undefined;
  #revision: string | undefined;
  #paused = false;
  #phase: "opening" | "open" | "closing" | "ended" = "opening";

  constructor(dialling: Dialling, events: ConnectionEvents) {
    const { target, limits, clock, credential, words } = dialling;
    this.#dialling = dialling;
    this.#events = events;
    this.#circumstances = { name: target.name, credential, way: "sse", words };
    this.#transport = transportOf(dialling, pool);
    this.#posts = new Posts(limits, {
      post: (posting, exchangeEvents, headMs) => this.#post(posting, exchangeEvents, headMs),
      answered: (posting, response) => this.#answered(posting, response),
      failed: (posting, error, mayHaveArrived) => this.#failed(posting, error, mayHaveArrived),
      pressed: (pressed) => this.#phase !== "ended" && events.pressed(pressed),
      idle: () => this.#phase === "closing" && this.#end(away("closed")),
    });
    this.#stream = new HttpEvents({
      clock,
      maxMessageBytes: limits.maxMessageBytes,
      intake: new Intake(maxLargest * limits.maxMessageBytes),
      isStanding: false,
      mayGoOn: true,
      isPaused: () => this.#paused,
      ask: (lastId, exchangeEvents) => this.#listen(lastId, exchangeEvents),
      message: (frame) => {
        if (this.#phase === "open") events.message(frame);
      },
      other: (type, data) => {
        if (type === "endpoint") this.#endpointIs(data);
      },
      tooLarge: () => {
        const most = limits.maxMessageBytes;
        this.#end(away(`${target.name} sent more than is taken: a message may have ${most} bytes`));
      },
      refused: (response) => this.#notResumed(response),
      unreachable: () => true,
      ended: (reason) => this.#end(away(`the session with ${target.name} is lost: ${reason}`)),
    });
    this.#opening = clock.after(limits.handshakeMs, () => {
      this.#end(away(`${target.name} did not say within ${limits.handshakeMs / 1000} s where messages go`));
    });
    this.#asking = this.#listen(undefined, {
      head: (response) => this.#begin(response),
      failed: (error) => this.#end(lossOfError(error, this.#circumstances)),
    });
  }

  send(frame: Frame, said: Said = { method: "" }): Sent {
    if (this.#phase !== "open") return "closed";
    return this.#posts.send(frame, said);
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.#stream.pause(paused);
  }

  settled(idText: ByteString): void {
    this.#posts.withdraw(idText);
  }

  agreed(revision: string): void {
    if (/^[\x21-\x7e]{1,64}$/.test(revision)) this.#revision = revision;
  }

  /** There is no goodbye but the end of the stream, behind what is still to be said. */
  close(): void {
    if (this.#phase === "closing" || this.#phase === "ended") return;
    if (this.#phase === "opening") {
      this.#end(away("closed"));
      return;
    }
    this.#phase = "closing";
    this.#closeTimer = this.#dialling.clock.after(this.#dialling.limits.closeMs, () => this.#end(away("closed")));
    this.#posts.finish();
  }

  abandon(loss: Loss): void {
    this.#end(loss);
  }

  #listen(lastId: ByteString | undefined, events: ExchangeEvents): Underway {
    const headers = { accept: "text/event-stream", ...(lastId === undefined ? {} : { "last-event-id": lastId }) };
    return this.#exchange({ method: "GET", headers }, events);
  }

  #exchange(asked: Asked, events: ExchangeEvents, url?: URL): Underway {
    const revision = this.#revision === undefined ? {} : { "mcp-protocol-version": this.#revision };
    return exchange(
      this.#dialling,
      this.#transport,
      { ...asked, headers: { ...asked.headers, ...revision } },
      events,
      url,
    );
  }

  #begin(response: IncomingMessage): void {
    const { statusCode: status = 0, headers } = response;
    const { name, words } = this.#circumstances;
    if (status === 200 && mediaType(response) === "text/event-stream") {
      this.#stream.read(response);
      return;
    }
    const { clock, limits } = this.#dialling;
    readRefusal(response, clock, limits.closeMs, (body) => {
      if (status !== 200) this.#end(lossOfStatus(status, body.toString("utf8"), this.#circumstances, headers.location));
      else this.#end({ ...wrong(`${name} answered without a stream of events; ${words.odd}`), status });
    });
  }

  #endpointIs(data: Frame): void {
    if (this.#phase === "ended") return;
    const { name } = this.#circumstances;
    const endpoint =
      data.size <= maxEndpointBytes ? endpointIn(flatten(data).toString("utf8"), this.#transport.url) : undefined;
    if (endpoint === undefined) this.#end(wrong(`${name} wants messages sent to another origin, or to no address`));
    else if (this.#endpoint === undefined) {
      this.#endpoint = endpoint;
      this.#phase = "open";
      this.#opening.cancel();
      this.#events.opened();
    } else if (this.#endpoint.href !== endpoint.href) this.#end(this.#sessionGone());
  }

  #post({ frame, body }: Posting, events: ExchangeEvents, headMs: number | undefined): Underway {
    const headers = {
      "content-type": "application/json",
      accept: "application/json",
      "content-length": String(frame.size),
    };
    return this.#exchange(
      { method: "POST", headers, body, ...(headMs === undefined ? {} : { headMs }) },
      events,
      this.#endpoint,
    );
  }

  #answered(posting: Posting, response: IncomingMessage): void {
    const { clock, limits } = this.#dialling;
    const { statusCode: status = 0, headers } = response;
    const { idText } = posting.said;
    if (status >= 200 && status < 300) {
      readRefusal(response, clock, limits.closeMs, () => {});
      return;
    }
    readRefusal(response, clock, limits.closeMs, (body) => {
      if (this.#phase === "ended") return;
      if (idText === undefined) {
        // What is no request has no answer, but shows that the session is gone.
        if (status === 404) this.#end(this.#sessionGone());
        else if (status === 401) this.#end(lossOfStatus(401, "", this.#circumstances));
        return;
      }
      const about = { status, headers, mediaType: mediaType(response), body, idText, hasSession: true, isProved: true };
      const verdict = judgeRefusal(about, this.#circumstances);
      if (verdict.t === "answer") this.#events.message(frameOf(verdict.bytes));
      else if (verdict.t === "error") this.#events.unanswered(idText, verdict.error);
      else {
        this.#events.returned(idText, posting.frame, verdict.loss);
        this.#end(verdict.loss);
      }
    });
  }

  #failed({ said: { idText } }: Posting, error: NodeJS.ErrnoException, mayHaveArrived: boolean): void {
    if (this.#phase === "ended" || idText === undefined) return;
    const { code, reason } = lossOfError(error, this.#circumstances);
    this.#events.unanswered(idText, new HubError(code, reason, { may_have_run: mayHaveArrived, retry_after_ms: 1000 }));
  }

  /** Refused for good, or for now. */
  #notResumed(response: IncomingMessage): boolean {
    const { statusCode: status = 0 } = response;
    response.destroy();
    if (status === 401) this.#end(lossOfStatus(401, "", this.#circumstances));
    return status >= 500 || status === 429 || status === 408;
  }

  #sessionGone(): Loss {
    return away(`${this.#circumstances.name} does not know the session any more`);
  }

  #end(loss: Loss): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#opening.cancel();
    this.#closeTimer?.cancel();
    this.#asking?.destroy();
    this.#asking = undefined;
    this.#stream.destroy();
    for (const { frame, said } of this.#posts.destroy()) {
      if (said.idText !== undefined) this.#events.returned(said.idText, frame, loss);
    }
    this.#transport.agent.destroy();
    const { saidRetryMs } = this.#stream;
    this.#events.lost(saidRetryMs === undefined ? loss : { ...loss, retryMs: saidRetryMs });
  }
}

/** Undefined for what is not within the origin that was dialled: messages, and the login with them, go nowhere else. */
function endpointIn(text: string, base: URL): URL | undefined {
  if (!URL.canParse(text, base.href)) return undefined;
  const url = new URL(text, base);
  if (url.origin !== base.origin || url.username !== "" || url.password !== "") return undefined;
  url.hash = "";
  return url;
}
