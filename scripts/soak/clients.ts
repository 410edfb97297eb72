// The clients of a soak run: each connects, works for a while, leaves (some in the middle of their calls), and comes again.
import type { Random } from "../../test/helpers/seeded-random.ts";
import { type Message, WsClient } from "../../test/helpers/ws-client.ts";

/** With these an answer says why there is no result; anything else is a failure. */
const fates: Readonly<Record<string, "killed" | "refused">> = {
  core_down: "killed",
  core_starting: "refused",
  overloaded: "refused",
};
/** Longer than any call may take, so that one that is never answered is told from a slow one. */
const patienceMs = 90_000;
const shownFailures = 20;

interface Job {
  readonly name: string;
  readonly args: object;
  /** Whether the answer is the one to this very call. */
  fits(result: NonNullable<Message["result"]>): boolean;
}

export class SoakClients {
  readonly counts = { sessions: 0, answered: 0, killed: 0, refused: 0, cancelled: 0, dropped: 0 };
  readonly failures: string[] = [];
  readonly #url: string;
  readonly #random: Random;
  readonly #goesOn: () => boolean;
  #nonce = 0;

  constructor(url: string, random: Random, goesOn: () => boolean) {
    this.#url = url;
    this.#random = random;
    this.#goesOn = goesOn;
  }

  /** One client after another until the run is over. Never rejects. */
  async run(): Promise<void> {
    while (this.#goesOn()) {
      try {
        await this.#session();
      } catch (error) {
        this.#fail(`a session ended with ${String(error)}`);
      }
    }
  }

  async #session(): Promise<void> {
    const client = await WsClient.connect(this.#url);
    this.counts.sessions++;
    for (const list of ["tools/list", "resources/list", "prompts/list"])
      await this.#answered(client.request(list), list);
    for (let rounds = 1 + this.#random.below(20); rounds > 0 && this.#goesOn(); rounds--) {
      await Promise.all(Array.from({ length: 1 + this.#random.below(12) }, () => this.#work(client)));
    }
    if (this.#random.below(4) === 0) this.#abandon(client);
    else {
      await client.request("ping");
      await client[Symbol.asyncDispose]();
    }
    if (client.strays.length > 0)
      this.#fail(`answers that nobody waited for: ${JSON.stringify(client.strays[0]).slice(0, 200)}`);
  }

  async #work(client: WsClient): Promise<void> {
    const job = this.#job();
    const params = { name: job.name, arguments: job.args, _meta: { progressToken: this.#nonce } };
    const { id, answer } = client.start("tools/call", params);
    if (this.#random.below(12) === 0) {
      client.notify("notifications/cancelled", { requestId: id });
      this.counts.cancelled++;
      return;
    }
    const message = await this.#answered(answer, job.name);
    if (message?.result !== undefined && !job.fits(message.result)) {
      this.#fail(`${job.name} got another call's answer: ${JSON.stringify(message).slice(0, 200)}`);
    }
  }

  /** Leaves without a goodbye, in the middle of its calls. */
  #abandon(client: WsClient): void {
    for (let calls = 8; calls > 0; calls--) {
      const { name, args } = this.#job();
      client.start("tools/call", { name, arguments: args });
      this.counts.dropped++;
    }
    client.socket.terminate();
  }

  async #answered(answer: Promise<Message>, what: string): Promise<Message | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), patienceMs);
    });
    const message = await Promise.race([answer, late]);
    clearTimeout(timer);
    if (message === undefined) {
      this.#fail(`${what} was never answered`);
      return undefined;
    }
    this.counts.answered++;
    if (message.error === undefined) return message;
    const fate = fates[String(message.error.data?.["code"])];
    if (fate === undefined) this.#fail(`${what} was answered with ${JSON.stringify(message.error)}`);
    else this.counts[fate]++;
    return message;
  }

  #job(): Job {
    const nonce = `nonce ${++this.#nonce}`;
    const text = this.#random.below(40) === 0 ? nonce.padEnd(1024 * 1024, ".") : nonce;
    const says = (expected: string) => (result: NonNullable<Message["result"]>) =>
      result.content?.[0]?.text === expected;
    switch (this.#random.below(5)) {
      case 0:
        return { name: "template.echo", args: { text }, fits: says(text) };
      case 1:
        return { name: "everything.echo", args: { message: text }, fits: says(`Echo: ${text}`) };
      case 2: {
        const args = { from: 2, interval_ms: 20 };
        return { name: "template.countdown", args, fits: says("lift-off") };
      }
      case 3:
        return {
          name: "files.get_file_info",
          args: { path: "package.json" },
          fits: ({ content }) => String(content?.[0]?.text).includes("isFile: true"),
        };
      default:
        return { name: "mirror.mirror", args: { text }, fits: ({ raw }) => raw?.text === text };
    }
  }

  #fail(failure: string): void {
    if (this.failures.length < shownFailures) this.failures.push(failure);
  }
}
