// A Compose project of a test: the clone's docker-compose.yml with more files, run by Debian's docker-compose on a test's engine.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { DockerEngine } from "./docker-engine.ts";
import { root } from "./hub-process.ts";
import { skipWithout } from "./programs.ts";
import type { Ran } from "./thehub.ts";

export interface ProjectOptions {
  readonly files?: readonly string[];
  readonly profile?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Taken down, with its volumes, when the test ends. */
export class ComposeProject implements AsyncDisposable {
  readonly #engine: DockerEngine;
  readonly #args: readonly string[];
  readonly #env: Record<string, string>;

  constructor(engine: DockerEngine, { files = [], profile, env }: ProjectOptions = {}) {
    this.#engine = engine;
    const all = ["docker-compose.yml", ...files].flatMap((file) => ["--file", file]);
    this.#args = ["--project-directory", root, ...all, ...(profile === undefined ? [] : ["--profile", profile])];
    this.#env = { COMPOSE_PROJECT_NAME: "thehub-test", ...env };
  }

  /** Fails the test when docker-compose does. */
  async compose(...args: readonly string[]): Promise<Ran> {
    const ran = await this.#engine.run("docker-compose", [...this.#args, ...args], { env: this.#env });
    assert.equal(ran.code, 0, `docker-compose ${args.join(" ")}: ${ran.stderr}`);
    return ran;
  }

  async container(service: string): Promise<string> {
    return (await this.compose("ps", "--quiet", service)).stdout.trim();
  }

  /** Builds the image, starts the services, and resolves with the hub's container when it listens. */
  async up(...services: readonly string[]): Promise<string> {
    await this.compose("up", "--detach", "--build", ...services);
    const hub = await this.container("hub");
    await this.#engine.logged(hub, "listening");
    return hub;
  }

  /** What a person types to learn the token. */
  async token(): Promise<string> {
    return (await this.compose("exec", "-T", "hub", "thehub", "token", "show")).stdout.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.compose("down", "--volumes");
  }
}

/** Why the files cannot be tried here: their ports are what people type, so somebody else's service must not be on one. */
export async function composeProblem(ports: readonly number[]): Promise<string | false> {
  const missing = skipWithout(["docker-compose"], "Debian: docker-compose");
  if (missing !== false) return missing;
  for (const port of ports) if (!(await isFree(port))) return `needs port ${port}, which is in use`;
  return false;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
