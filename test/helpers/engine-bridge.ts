// A network bridge of an engine's own, with a subnet that nothing here has: an engine that was killed leaves its containers' namespaces
// on docker0, and one of them would answer for the address that the next engine gives away.
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

export class EngineBridge implements AsyncDisposable {
  /** As `dockerd --bridge` takes it. */
  readonly name: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(name: string, env: NodeJS.ProcessEnv) {
    this.name = name;
    this.#env = env;
  }

  /** Needs root and `ip`, which is found on the PATH of `env`. */
  static async create(env: NodeJS.ProcessEnv): Promise<EngineBridge> {
    const addresses = Object.values(networkInterfaces()).flatMap((faces) => (faces ?? []).map((face) => face.address));
    // A bridge whose containers are gone has an address that Node does not list.
    const taken = new Set([...addresses, ...(await readdir("/sys/class/net"))]);
    const isFree = (n: number) => !taken.has(address(n)) && !taken.has(nameOf(n));
    const subnet = Array.from({ length: 256 }, (_, n) => n).find(isFree);
    if (subnet === undefined) throw new Error(`all of ${address(0)} to ${address(255)} are in use`);
    const bridge = new EngineBridge(nameOf(subnet), env);
    await bridge.#ip("link", "add", "name", bridge.name, "type", "bridge");
    await bridge.#ip("address", "add", `${address(subnet)}/24`, "dev", bridge.name);
    await bridge.#ip("link", "set", "dev", bridge.name, "up");
    return bridge;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ip("link", "delete", this.name);
  }

  async #ip(...args: readonly string[]): Promise<void> {
    await run("ip", args, { env: this.#env });
  }
}

function nameOf(subnet: number): string {
  return `hub-test-${subnet}`;
}

function address(subnet: number): string {
  return `10.213.${subnet}.1`;
}
