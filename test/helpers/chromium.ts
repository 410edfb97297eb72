// A real browser for a page or two: Chromium, headless, with a profile of its own, steered over its debugging protocol.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { WebSocket } from "ws";

const program = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Why there can be none here; undefined: there can. */
export function chromiumMissing(): string | undefined {
  return existsSync(program) ? undefined : "needs Chromium (Debian: chromium)";
}

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"];
const quiet = ["--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"];

interface FrameTree {
  readonly frame: { readonly id: string; readonly url: string };
  readonly childFrames?: readonly FrameTree[];
}

export class Chromium implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, null, Readable>;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #loaded: (() => void) | undefined;
  #lastId = 0;

  private constructor(child: ChildProcessByStdio<null, null, Readable>, folder: string, socket: WebSocket) {
    this.#child = child;
    this.#folder = folder;
    this.#socket = socket;
    socket.on("message", (data) => {
      const { id, method, result, error } = JSON.parse(String(data));
      if (method === "Page.loadEventFired") this.#loaded?.();
      this.#waiting.get(id)?.(result ?? error);
      this.#waiting.delete(id);
    });
  }

  /** `more`: further flags. */
  static async open(...more: readonly string[]): Promise<Chromium> {
    const folder = await mkdtemp(join(tmpdir(), "thehub-chromium-"));
    const args = [...flags, ...quiet, ...more, `--user-data-dir=${folder}`, "about:blank"];
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    const lines = createInterface({ input: child.stderr });
    const port = await new Promise<string>((resolve, reject) => {
      lines.on("line", (line) => {
        const [, found] = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      });
      lines.on("close", () => reject(new Error("chromium ended before it listened")));
    });
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as Record<string, string>[];
    const url = targets.find(({ type }) => type === "page")?.["webSocketDebuggerUrl"] ?? "";
    const socket = new WebSocket(url);
    await once(socket, "open");
    const browser = new Chromium(child, folder, socket);
    await browser.#send("Page.enable");
    return browser;
  }

  /** Resolves when the page has loaded. */
  open(url: string): Promise<void> {
    return this.#leading(() => this.#send("Page.navigate", { url }));
  }

  /** Runs what makes the page lead on to another; resolves when that has loaded. */
  follow(script: string): Promise<void> {
    return this.#leading(() => this.#send("Runtime.evaluate", { expression: script, userGesture: true }));
  }

  async text(): Promise<string> {
    return String(await this.run("document.body.innerText"));
  }

  /** What the expression, or its promise, comes to on the page, as JSON has it. */
  async run(expression: string): Promise<unknown> {
    const said = (await this.#send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })) as { result: { value: unknown }; exceptionDetails?: { exception?: { description?: string } } };
    const { exceptionDetails } = said;
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? "the page threw");
    return said.result.value;
  }

  /** The urls of frames in the page that have a text in them. */
  async framesShown(text: string): Promise<string[]> {
    const { frameTree } = (await this.#send("Page.getFrameTree")) as { frameTree: FrameTree };
    const shown: string[] = [];
    for (const { frame } of frameTree.childFrames ?? []) {
      const made = (await this.#send("Page.createIsolatedWorld", { frameId: frame.id })) as {
        executionContextId?: number;
      };
      const asked = { contextId: made.executionContextId, expression: "document.body.innerText" };
      const { result } = (await this.#send("Runtime.evaluate", asked)) as { result?: { value?: string } };
      if (result?.value?.includes(text) === true) shown.push(frame.url);
    }
    return shown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, "exit");
    await this.#send("Browser.close");
    await exited;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #leading(act: () => Promise<unknown>): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      this.#loaded = resolve;
    });
    await act();
    await loaded;
  }

  #send(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }
}
