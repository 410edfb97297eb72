// The everything-server over HTTP, as a process of its own: what the hub with the same server behind it is held against.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./hub-process.ts";

const folder = join(root, "test/fixtures/conformance");

/** That it refuses the other era. */
export type OneEra = "legacy only" | "modern only";

/** As lines of a Core in a manifest, with the names as the suite asks for them. */
export const everythingCoreOf = (...eras: OneEra[]): string => `command: ${JSON.stringify(process.execPath)}
    args: ${JSON.stringify([join(folder, "everything-stdio.mjs"), ...eras])}
    prefix: false`;

/** The same, of the server that is there already. */
export const everythingCoreAt = (url: string): string => `url: ${url}
    allow_private: true
    prefix: false`;

export interface EverythingServer extends AsyncDisposable {
  readonly url: string;
}

/** "behind a hub": it is not the suite that speaks with it, but a hub that the suite speaks with. */
export async function startEverythingServer(...how: ("behind a hub" | OneEra)[]): Promise<EverythingServer> {
  const args = [join(folder, "everything-http.mjs"), ...how];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: url } = await lines.next();
  if (url === undefined) throw new Error("the everything-server ended before it listened");
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
    },
  };
}
