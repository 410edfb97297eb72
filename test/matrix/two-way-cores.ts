// The Cores of the matrix: both generations of the SDK, by every way, in each isolation. Data, and the manifest of it.
import { join } from "node:path";
import type { Framing } from "../helpers/framed-transport.ts";
import { root } from "../helpers/hub-process.ts";
import type { Generation } from "../helpers/two-way-client.ts";

export type Isolation = "shared" | "session" | "pool";

/** How messages go between the hub and a Core: to a process in a framing, or to a server elsewhere. */
export type Way = Framing | "http" | "sse" | "websocket";

export interface TwoWayCore {
  /** Its key in the manifest, and so its namespace. */
  readonly key: string;
  readonly generation: Generation;
  readonly framing: Way;
  readonly isolation: Isolation;
}

export const generations: readonly Generation[] = ["1.x", "2.x"];
const isolations: readonly Isolation[] = ["shared", "session", "pool"];

const coresBy = (ways: readonly Way[]): readonly TwoWayCore[] =>
  isolations.flatMap((isolation) =>
    generations.flatMap((generation) =>
      ways.map((framing) => ({
        key: `${isolation}-${generation[0]}-${framing}`,
        ...{ generation, framing, isolation },
      })),
    ),
  );

export const processes = coresBy(["newline", "content-length"]);
export const elsewhere = coresBy(["http", "sse", "websocket"]);

export interface Places {
  /** What changes in one instance of a pool changes in all, as where servers keep their state in a database: in this file. */
  file(key: string): string;
  /** `HOST:PORT` of the servers elsewhere that stand on this SDK. */
  host?(generation: Generation): string;
}

export function manifestOf(some: readonly TwoWayCore[], places: Places): string {
  return `cores:\n${some.map((core) => entryOf(core, places)).join("")}`;
}

function entryOf(core: TwoWayCore, places: Places): string {
  const { key, isolation } = core;
  const scaling = isolation === "pool" ? "    scaling: { max: 2 }\n" : "";
  return `  ${key}:\n${reachOf(core, places)}    isolation: ${isolation}\n${scaling}`;
}

function reachOf({ key, generation, framing, isolation }: TwoWayCore, { file, host }: Places): string {
  const state = isolation === "pool" ? file(key) : undefined;
  if (framing === "newline" || framing === "content-length") {
    const program = join(root, `test/fixtures/two-way/sdk-${generation[0]}.mjs`);
    const args = [program, key, framing, ...(state === undefined ? [] : [state])];
    return `    command: ${JSON.stringify(process.execPath)}
    args: ${JSON.stringify(args)}
    framing: ${framing === "newline" ? "auto" : framing}
`;
  }
  const scheme = framing === "websocket" ? "ws" : "http";
  const query = state === undefined ? "" : `?file=${encodeURIComponent(state)}`;
  const transport = framing === "sse" ? "    transport: sse\n" : "";
  return `    url: ${scheme}://${host?.(generation)}/${key}/${framing}${query}\n    allow_private: true\n${transport}`;
}
