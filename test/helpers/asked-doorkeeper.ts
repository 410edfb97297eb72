// A peer of the doors where each request has a response of its own: keeps what was asked, and says what it is told to.
import type { RequestDoorkeeper, RequestVisitor, Visit } from "../../src/doors/port.ts";
import type { Principal } from "../../src/sessions/principal.ts";
import { byteText, frameOfText, type ReplySink, type Sent } from "../../src/wire/frame.ts";
import type { MessageReader } from "../../src/wire/message-reader.ts";
import { EchoVisitor } from "./echo-doorkeeper.ts";

export interface Asked {
  readonly id: string;
  readonly method: string;
  readonly replies: ReplySink;
  /** Chunks that the message came in. */
  readonly chunks: number;
}

export class AskedVisitor extends EchoVisitor implements RequestVisitor {
  revision: string | undefined;
  isListening = false;
  /** In order. */
  readonly renewals: Principal[] = [];
  /** In order; those that were answered too. */
  readonly asked: Asked[] = [];
  #open = 0;
  readonly #idle: (() => void)[] = [];

  override get busy(): number {
    return super.busy + this.#open;
  }

  renew(principal: Principal): void {
    if (principal !== (this.renewals.at(-1) ?? this.visit.principal)) this.renewals.push(principal);
  }

  take({ frame, bytes, scan }: MessageReader, _readMs: number, replies: ReplySink): void {
    const text = bytes.toString("utf8");
    this.received.push(text);
    if (scan.kind !== "request") return;
    const { method, params } = JSON.parse(text) as { method: string; params?: { protocolVersion?: string } };
    const id = byteText(bytes, scan.idStart, scan.idEnd);
    this.#open++;
    this.asked.push({ id, method, replies, chunks: frame.chunks.length });
    if (method === "initialize") this.revision = params?.protocolVersion;
    if (method === "initialize" || this.echoes) this.result(this.asked.length - 1, "{}");
  }

  /** Answers the request at this place with a result. */
  result(at: number, result: string): Sent {
    const asked = this.asked[at];
    if (asked === undefined) throw new Error(`nobody asked for a ${at}th time`);
    this.#open--;
    this.#wake();
    // As the relay does it: the Core's own id, and the client's over it.
    const head = '{"jsonrpc":"2.0","id":';
    const id = { start: head.length, end: head.length + 1, text: asked.id };
    return asked.replies.answer(frameOfText(`${head}0,"result":${result}}`), [id]);
  }

  /** Says that the request at this place gets no answer. */
  drop(at: number): void {
    this.#open--;
    this.#wake();
    this.asked[at]?.replies.dropped();
  }

  override whenIdle(): Promise<void> {
    return this.busy === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  override answer(): void {
    super.answer();
    this.#wake();
  }

  #wake(): void {
    if (this.busy > 0) return;
    for (const wake of this.#idle.splice(0)) wake();
  }
}

export class AskedDoorkeeper implements RequestDoorkeeper {
  readonly visitors: AskedVisitor[] = [];
  /** What new visitors begin with. */
  echoes = true;

  open(visit: Visit): AskedVisitor {
    const visitor = new AskedVisitor(visit);
    visitor.echoes = this.echoes;
    this.visitors.push(visitor);
    return visitor;
  }

  /** The visitor that came last. */
  get last(): AskedVisitor {
    const visitor = this.visitors.at(-1);
    if (visitor === undefined) throw new Error("nobody came");
    return visitor;
  }
}
