// A page of the documentation as its reader has it: a copy of the project in a folder of its own, in which the page's blocks
// are carried out from top to bottom. Whatever the page starts ends with it.
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";
import { root } from "./hub-process.ts";
import type { Fence } from "./markdown.ts";

/** The line that starts a hub and does not come back. */
const serveLine = /^(?:[A-Z_]+=\S+ )*(?:(?:(?:npx )?thehub|npx -y @ghively\/thehub) serve\b|npm start\b)/;

/** A block that takes longer waits for something that never comes. */
const limitMs = 60_000;

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

export class DocPage implements AsyncDisposable {
  readonly folder: string;
  readonly #port: number;
  readonly #env: Readonly<Record<string, string>>;
  #hub: ServingHub | undefined;

  private constructor(folder: string, port: number, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#port = port;
    this.#env = {
      PATH: `${join(folder, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`,
      HOME: join(folder, "home"),
      LANG: "C.UTF-8",
      ...env,
    };
  }

  /** `brought`: files that the page takes for granted, as path in the page's folder and path in the project. */
  static async open(
    env: Readonly<Record<string, string>> = {},
    brought: Readonly<Record<string, string>> = {},
  ): Promise<DocPage> {
    const folder = await mkdtemp(join(tmpdir(), "thehub-docs-"));
    const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" });
    const files = listed.split("\n").filter((file) => file !== "" && !/^(?:test|bench)\/|^node_modules$/.test(file));
    for (const file of [...files, "dist"]) await cp(join(root, file), join(folder, file), { recursive: true });
    for (const [to, from] of Object.entries(brought)) await cp(join(root, from), join(folder, to));
    await install(folder);
    await mkdir(join(folder, "home"));
    return new DocPage(folder, await freePort(), env);
  }

  /** Carries one block out: a file to write, or commands to run, whose exit code must be the one that the block names. */
  async follow(fence: Fence): Promise<void> {
    const name = /^(?:#|\/\/) ([\w.-]+\.(?:ya?ml|toml|mjs))$/m.exec(fence.text.split("\n", 1)[0] ?? "")?.[1];
    if (name !== undefined && fence.language !== "sh") {
      await writeFile(join(this.folder, name), this.#onPort(fence.text));
    }
    if (fence.language !== "sh" || fence.mark.startsWith("no-run:")) return;
    const wanted = Number(/^exit=(\d+)$/.exec(fence.mark)?.[1] ?? 0);
    const cwd = join(this.folder, fence.file.startsWith("examples/") ? dirname(fence.file) : ".");
    let script = "";
    for (const line of [...fence.text.split("\n"), undefined]) {
      if (line !== undefined && !serveLine.test(line)) {
        script += `${line}\n`;
        continue;
      }
      if (script.trim() !== "") {
        const { code, output } = await this.#run(script, cwd);
        assert.equal(code, wanted, `${fence.file}:${fence.line} exited with ${code}:\n${script}${output}`);
      }
      script = "";
      if (line === undefined) return;
      await this.#hub?.stop();
      this.#hub = await ServingHub.start(this.#onPort(line), cwd, {
        ...this.#env,
        ...(line.includes("--listen") ? {} : { HUB_LISTEN: `localhost:${this.#port}` }),
      });
    }
  }

  /** Where its commands are found: what is installed in the folder first. */
  get path(): string {
    return this.#env["PATH"] ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#hub?.stop();
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  /** Pages write the default port; other tests may have it. */
  #onPort(text: string): string {
    return text.replaceAll(/:3000\b/g, `:${this.#port}`);
  }

  #run(script: string, cwd: string): Promise<Outcome> {
    const child = spawn("bash", ["-eu", "-o", "pipefail", "-c", this.#onPort(script)], {
      cwd,
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    const limit = setTimeout(() => {
      output += `(ended after ${limitMs} ms)\n`;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, limitMs);
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        clearTimeout(limit);
        resolve({ code, output });
      });
    });
  }
}

/** A hub that a page started in a shell: known by its log, ended by SIGTERM to its process group. */
class ServingHub {
  readonly #child: ChildProcess;
  readonly #closed: Promise<string>;

  private constructor(child: ChildProcess, closed: Promise<string>) {
    this.#child = child;
    this.#closed = closed;
  }

  /** Resolves once every Core is up. */
  static async start(line: string, cwd: string, env: Record<string, string>): Promise<ServingHub> {
    const child = spawn("bash", ["-eu", "-c", line], { cwd, env, detached: true, stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    const closed = new Promise<string>((resolve) => child.once("close", () => resolve(log)));
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stderr }).on("line", (text) => {
        log += `${text}\n`;
        if (text.includes('"core_summary"')) resolve();
      });
      void closed.then(() => reject(new Error(`${line}\nended before it served:\n${log}`)));
    });
    return new ServingHub(child, closed);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGTERM");
    assert.match(await this.#closed, /"stopped"/, "the hub of a page did not end in order");
  }
}

/** The project's own packages and the project itself, as an installation has them; npm is told to ask no registry. */
async function install(folder: string): Promise<void> {
  const from = join(root, "node_modules");
  const to = join(folder, "node_modules");
  await mkdir(join(to, "@ghively"), { recursive: true });
  await symlink(folder, join(to, "@ghively/thehub"));
  for (const name of await readdir(from)) {
    if (name.startsWith(".")) continue;
    const packages = name.startsWith("@") ? await readdir(join(from, name)) : [""];
    if (name.startsWith("@")) await mkdir(join(to, name), { recursive: true });
    for (const inner of packages) await symlink(join(from, name, inner), join(to, name, inner));
  }
  await mkdir(join(to, ".bin"));
  for (const name of await readdir(join(from, ".bin"))) await symlink(join(from, ".bin", name), join(to, ".bin", name));
  const { bin } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { bin: Record<string, string> };
  for (const [name, file] of Object.entries(bin)) {
    const script = `#!/bin/sh\nexec node "${join(folder, file)}" "$@"\n`;
    await writeFile(join(to, ".bin", name), script, { mode: 0o755 });
  }
  await writeFile(join(folder, ".npmrc"), "offline=true\nupdate-notifier=false\n");
}
