// One POST with requests in it, and its response: JSON or events, decided as late as possible.
//
//   deciding ──the answer──────────────────────────────────────────────────► done     JSON with its length
//      │  └──an earlier message, a long wait, a client without JSON──► streaming ──the last answer──► done
//      └──the client is gone──► done          A streaming one that loses its client goes on: the client may come back for it.
import type { ServerResponse } from "node:http";
import { type Frame, joined, noSplices, type ReplySink, type Sent, type Splice } from "../../wire/frame.ts";
import type { TraceText } from "../../wire/trace-context.ts";
import { writeReply } from "../reply.ts";
import { isOfOne } from "./batch.ts";
import { endWithoutEvents } from "./event-response.ts";
import type { EventStream } from "./event-stream.ts";
import type { Accepted } from "./negotiate.ts";
import { noSuchSession, rpcReply } from "./refusals.ts";
import { cutOff } from "./unread.ts";
import { answerWhole, type Reader, wholeTextBytes } from "./whole-answer.ts";

/** What a POST asks for. */
export interface PostOptions {
  readonly accepted: Accepted;
  /** How many requests it has, each of which gets one answer. */
  readonly requests: number;
  /** An array came in, so an array goes out. */
  readonly isBatch: boolean;
  /** It opens the session, whose id its response tells. */
  readonly opens: boolean;
  readonly trace: TraceText | undefined;
  readonly nowMs: number;
}

/** The session of a POST. */
export interface PostHome extends Reader {
  /** What tells the client its session; undefined when there is none after all. */
  readonly openingHeaders: ResponseHeaders;
  nowMs(): number;
  /** A new stream, sent on this response. */
  streamOn(response: ServerResponse, headers: ResponseHeaders): EventStream;
  /** A message that no response could take. */
  lost(): void;
  /** All is answered, or can be answered on a stream only. Said once. */
  answered(post: Post): void;
}

export type ResponseHeaders = Readonly<Record<string, string>> | undefined;

/** A batch whose answers come to more is answered with events, if the client takes them. */
const collectedBytes = 1024 * 1024;
/** A client that has got nothing for so long is told that its request is still under way. */
export const decideMs = 10_000;

export class Post implements ReplySink {
  readonly trace: TraceText | undefined;
  /** Its place among those of the session, which keeps it. */
  place = 0;
  readonly #response: ServerResponse;
  readonly #home: PostHome;
  readonly #options: PostOptions;
  #phase: "deciding" | "streaming" | "done" = "deciding";
  #open: number;
  #stream: EventStream | undefined;
  /** Of a batch: each with a bracket or a comma before it. */
  #answers: Buffer[] | undefined;
  #collectedBytes = 0;

  constructor(response: ServerResponse, home: PostHome, options: PostOptions) {
    this.#response = response;
    this.#home = home;
    this.#options = options;
    this.#open = options.requests;
    this.trace = options.trace;
    response.on("close", () => {
      if (this.#phase === "deciding") this.#done();
    });
  }

  /** A message that belongs to a request, before its answer. */
  send(frame: Frame, splices: readonly Splice[]): Sent {
    if (this.#phase === "deciding" && this.#options.accepted.events) this.#startStream();
    if (this.#stream !== undefined) return this.#stream.send(frame, splices);
    this.#home.lost();
    return "closed";
  }

  answer(frame: Frame, splices: readonly Splice[]): Sent {
    this.#open--;
    if (this.#phase === "deciding" && !this.#options.accepted.json) this.#startStream();
    if (this.#stream !== undefined) {
      const sent = this.#stream.send(frame, splices);
      this.#finishIfAnswered();
      return sent;
    }
    if (this.#phase === "done") {
      this.#home.lost();
      return "closed";
    }
    if (this.#options.isBatch) this.#collect(frame, splices);
    else this.#answerJson(frame, splices);
    return "ok";
  }

  dropped(): void {
    this.#open--;
    if (this.#phase === "deciding" && this.#open === 0) this.#endWithoutAnswer();
    else this.#finishIfAnswered();
  }

  /** What has no head yet is refused, as what comes later will be. */
  sessionEnded(): void {
    if (this.#phase !== "deciding") return;
    writeReply(this.#response, noSuchSession);
    this.#done();
  }

  /** To be called every second or so. */
  check(nowMs: number): void {
    if (this.#phase !== "deciding" || !this.#options.accepted.events) return;
    if (nowMs - this.#options.nowMs >= decideMs) this.#startStream();
  }

  #answerJson(frame: Frame, splices: readonly Splice[]): void {
    answerWhole(this.#response, this.#home, frame, splices, { headers: this.#headers });
    this.#done();
  }

  get #headers(): ResponseHeaders {
    return this.#options.opens ? this.#home.openingHeaders : undefined;
  }

  #collect(frame: Frame, splices: readonly Splice[]): void {
    let bytes = joined(frame, splices, "[", "]");
    // A large answer of a Core is passed on without being looked through: alone it is at most no JSON, in an array it could be several.
    const isForeign = frame.size > wholeTextBytes && !isOfOne(bytes);
    this.#collectedBytes += bytes.length;
    if ((isForeign || this.#collectedBytes > collectedBytes) && this.#options.accepted.events) {
      this.#startStream();
      this.#stream?.send(frame, splices);
      this.#finishIfAnswered();
      return;
    }
    if (this.#collectedBytes > this.#home.maxBytes) {
      this.#home.slow(this.#collectedBytes);
      cutOff(this.#response);
      this.#answers = undefined;
      this.#done();
      return;
    }
    if (isForeign) bytes = Buffer.from(`[${garbledAnswer(splices)}]`);
    this.#answers ??= [];
    if (this.#answers.length > 0) bytes[0] = 0x2c;
    this.#answers.push(bytes.subarray(0, -1));
    if (this.#open === 0) this.#answerBatch();
  }

  #answerBatch(): void {
    const chunks = [...(this.#answers ?? []), Buffer.from("]")];
    this.#answerJson({ chunks, size: chunks.reduce((sum, chunk) => sum + chunk.length, 0) }, noSplices);
  }

  /** All its requests were taken back. */
  #endWithoutAnswer(): void {
    if (this.#answers !== undefined) {
      this.#answerBatch();
      return;
    }
    if (this.#options.accepted.events) endWithoutEvents(this.#response);
    else this.#response.writeHead(202, ["content-length", "0"]).end();
    this.#done();
  }

  #startStream(): void {
    this.#stream = this.#home.streamOn(this.#response, this.#headers);
    this.#phase = "streaming";
    // What a batch has collected goes first.
    for (const answer of this.#answers ?? []) {
      const chunk = answer.subarray(1);
      this.#stream.send({ chunks: [chunk], size: chunk.length }, noSplices);
    }
    this.#answers = undefined;
  }

  #finishIfAnswered(): void {
    if (this.#phase !== "streaming" || this.#open > 0) return;
    this.#stream?.finish(this.#home.nowMs());
    this.#done();
  }

  #done(): void {
    if (this.#phase === "done") return;
    this.#phase = "done";
    this.#home.answered(this);
  }
}

/** The id is the first thing that is spliced into a Core's answer. */
function garbledAnswer([id]: readonly Splice[]): string {
  return rpcReply("core_garbled", "the core's answer is no JSON", { idText: id?.text ?? "null" }).body.trimEnd();
}
