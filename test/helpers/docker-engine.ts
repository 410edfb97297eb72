// A real Docker Engine of a test's own: Debian's dockerd on a private socket with a data folder that goes with it. Builds the
// base image and the hub's image, so that a test starts from what people run. One engine at a time: they share iptables.
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { EngineBridge } from "./engine-bridge.ts";
import { type LogLine, root } from "./hub-process.ts";
import type { Ran } from "./thehub.ts";

const baseImage = "node:24-bookworm-slim";
export const hubImage = "ghively/thehub:latest";

export type EngineOrNot =
  | { readonly t: "engine"; readonly engine: DockerEngine; readonly skip: false }
  /** `skip` is the reason, for the option of that name. */
  | { readonly t: "none"; readonly skip: string };

/** Debian's clients come first on the PATH: another docker may have no BuildKit for this engine. */
const path = `/usr/bin:/usr/sbin:/sbin:${process.env["PATH"] ?? ""}`;
const cache = join(root, "node_modules/.cache/thehub");

export class DockerEngine implements AsyncDisposable {
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly #dockerd: ChildProcessByStdio<null, null, Readable>;
  readonly #bridge: EngineBridge;

  private constructor(folder: string, dockerd: ChildProcessByStdio<null, null, Readable>, bridge: EngineBridge) {
    this.folder = folder;
    this.#dockerd = dockerd;
    this.#bridge = bridge;
    this.env = {
      PATH: path,
      HOME: folder,
      DOCKER_HOST: `unix://${join(folder, "engine.sock")}`,
      DOCKER_BUILDKIT: "1",
      COMPOSE_DOCKER_CLI_BUILD: "1",
    };
  }

  /** Never rejects: where an engine cannot run, the answer says why. */
  static async start(): Promise<EngineOrNot> {
    const missing = missingParts();
    if (missing !== undefined) return { t: "none", skip: missing };
    const bridge = await EngineBridge.create({ PATH: path }).catch((error: Error) => error);
    if (bridge instanceof Error) return { t: "none", skip: `needs a network bridge of its own: ${bridge.message}` };
    const folder = await mkdtemp(join(tmpdir(), "thehub-engine-"));
    const socket = join(folder, "engine.sock");
    const args = [
      "--host",
      `unix://${socket}`,
      "--data-root",
      join(folder, "data"),
      "--exec-root",
      join(folder, "exec"),
      "--bridge",
      bridge.name,
    ];
    const dockerd = spawn("dockerd", [...args, "--pidfile", join(folder, "engine.pid")], {
      env: { ...process.env, PATH: path },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const engine = new DockerEngine(folder, dockerd, bridge);
    const failure = await listening(dockerd);
    if (failure === undefined) return { t: "engine", engine, skip: false };
    await engine[Symbol.asyncDispose]();
    return { t: "none", skip: `needs dockerd to run here: ${failure}` };
  }

  /** Runs a program with the engine's environment. Resolves whatever its exit code. */
  run(
    file: string,
    args: readonly string[],
    options: { cwd?: string; env?: Record<string, string> } = {},
  ): Promise<Ran> {
    return new Promise((resolve) => {
      const env = { ...this.env, ...options.env };
      execFile(file, args, { cwd: options.cwd ?? root, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
    });
  }

  /** `docker …`; its stdout without the last newline. Rejects, with what it said, when it fails. */
  async docker(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run("docker", args);
    if (code !== 0) throw new Error(`docker ${args.join(" ")} exited with ${code}: ${stderr.slice(-4000)}`);
    return stdout.trimEnd();
  }

  /** `docker …` that goes on: with its streams. */
  spawn(...args: readonly string[]): ChildProcessByStdio<Writable, Readable, Readable> {
    return spawn("docker", args, { env: this.env, stdio: ["pipe", "pipe", "pipe"] });
  }

  /** The stand-in for the official Node image, under the official name. */
  async makeBaseImage(): Promise<string> {
    const made = await this.run(join(root, "scripts/local-base-image"), [baseImage], {
      // npm needs what this machine's npm needs: a certificate, a proxy.
      env: { ...(process.env as Record<string, string>), PATH: path, CACHE: cache },
    });
    if (made.code !== 0) throw new Error(`no base image: ${made.stderr}`);
    return baseImage;
  }

  /** Builds the image from this clone; the base image has to be there. */
  async buildImage(tag: string = hubImage, ...options: readonly string[]): Promise<string> {
    await this.docker("build", "--quiet", "--build-arg", `BASE_IMAGE=${baseImage}`, ...options, "--tag", tag, root);
    return tag;
  }

  /** Resolves with the first line, past or to come, that the container's hub logged under this name. */
  async logged(container: string, msg: string): Promise<LogLine> {
    const text = await this.#line(["logs", "--follow", container], "stderr", (line) => line.includes(`"msg":"${msg}"`));
    return JSON.parse(text) as LogLine;
  }

  /** Resolves when the engine has found the container's health to be this. */
  async health(container: string, state: "healthy" | "unhealthy"): Promise<void> {
    const filters = ["--filter", `container=${container}`, "--filter", `event=health_status`];
    await this.#line(["events", "--since", "0", ...filters], "stdout", (line) =>
      line.includes(`health_status: ${state}`),
    );
  }

  /** `host:port` on this machine of a container's port 3000. */
  async address(container: string): Promise<string> {
    const [first = ""] = (await this.docker("port", container, "3000/tcp")).split("\n");
    return first;
  }

  /** The first line of a docker command that passes; rejects when there is none. */
  async #line(args: readonly string[], from: "stdout" | "stderr", test: (line: string) => boolean): Promise<string> {
    const child = this.spawn(...args);
    child[from === "stdout" ? "stderr" : "stdout"].resume();
    const exited = once(child, "exit");
    try {
      return await new Promise((resolve, reject) => {
        createInterface({ input: child[from] })
          .on("line", (line) => {
            if (test(line)) resolve(line);
          })
          .on("close", () => reject(new Error(`docker ${args.join(" ")} ended without the line`)));
      });
    } finally {
      child.kill();
      await exited;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#dockerd.exitCode === null && this.#dockerd.signalCode === null) {
      const containers = (await this.run("docker", ["ps", "--all", "--quiet"])).stdout.split("\n").filter(Boolean);
      if (containers.length > 0) await this.run("docker", ["rm", "--force", "--volumes", ...containers]);
      await this.run("docker", ["network", "prune", "--force"]);
      const exited = once(this.#dockerd, "exit");
      this.#dockerd.kill("SIGTERM");
      await exited;
    }
    await this.#bridge[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function missingParts(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs Linux and root, for an engine of its own";
  const packages: Record<string, string> = {
    dockerd: "docker.io",
    docker: "docker.io",
    iptables: "iptables",
    ip: "iproute2",
    mmdebstrap: "mmdebstrap",
  };
  const folders = path.split(":");
  for (const [program, name] of Object.entries(packages)) {
    if (!folders.some((folder) => existsSync(join(folder, program)))) return `needs ${program} (Debian: ${name})`;
  }
  return undefined;
}

/** Undefined: it answers. Otherwise its last words. */
function listening(dockerd: ChildProcessByStdio<null, null, Readable>): Promise<string | undefined> {
  return new Promise((resolve) => {
    let last = "no word";
    createInterface({ input: dockerd.stderr })
      .on("line", (line) => {
        if (line.includes("API listen on")) resolve(undefined);
        last = line;
      })
      .on("close", () => resolve(last));
    dockerd.on("error", (error) => resolve(error.message));
  });
}
