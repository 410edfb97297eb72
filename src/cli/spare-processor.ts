// Whether the hub may keep a processor busy for moments, so as to be awake for the next message (docs/decisions/0045-waiting-awake.md).
import { availableParallelism } from "node:os";

/** Not with the only one: what is waited for may need it. A container's share of processors counts from Node 22 on. */
export function hasSpareProcessor(): boolean {
  return availableParallelism() > 1;
}
