// The Cores of the matrix: both generations of the SDK, in both framings, in each isolation. Data, and the manifest of it.
import { join } from "node:path";
import type { Framing } from "../helpers/framed-transport.ts";
import { root } from "../helpers/hub-process.ts";
import type { Generation } from "../helpers/two-way-client.ts";

export type Isolation = "shared" | "session" | "pool";

export interface TwoWayCore {
  /** Its key in the manifest, and so its namespace. */
  readonly key: string;
  readonly generation: Generation;
  readonly framing: Framing;
  readonly isolation: Isolation;
}

const generations: readonly Generation[] = ["1.x", "2.x"];
const framings: readonly Framing[] = ["newline", "content-length"];
const isolations: readonly Isolation[] = ["shared", "session", "pool"];

export const cores: readonly TwoWayCore[] = isolations.flatMap((isolation) =>
  generations.flatMap((generation) =>
    framings.map((framing) => ({
      key: `${isolation}-${generation[0]}-${framing}`,
      ...{ generation, framing, isolation },
    })),
  ),
);

/** `sharedFile`: what changes in one instance of a pool changes in all, as where servers keep their state in a database. */
export function manifestOf(some: readonly TwoWayCore[], sharedFile: (key: string) => string): string {
  return `cores:\n${some.map((core) => entryOf(core, sharedFile(core.key))).join("")}`;
}

function entryOf({ key, generation, framing, isolation }: TwoWayCore, file: string): string {
  const program = join(root, `test/fixtures/two-way/sdk-${generation[0]}.mjs`);
  const args = [program, key, framing, ...(isolation === "pool" ? [file] : [])];
  const scaling = isolation === "pool" ? "    scaling: { max: 2 }\n" : "";
  return `  ${key}:
    command: ${JSON.stringify(process.execPath)}
    args: ${JSON.stringify(args)}
    framing: ${framing === "newline" ? "auto" : framing}
    isolation: ${isolation}
${scaling}`;
}
