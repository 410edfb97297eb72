// A load, and what it costs the one that is measured.
import type { CallKind } from "./calls.ts";
import type { Link } from "./link.ts";
import { drive, type Loaded } from "./load.ts";
import { cpuMs } from "./processes.ts";
import type { Subject } from "./subjects.ts";

/** `cpu` is what the subject's own processes used in the measured time, in ms. */
export async function loadLinks(
  subject: Subject,
  links: readonly Link[],
  kind: CallKind,
  shape: { inFlight: number; ms: number; warmUpMs: number },
): Promise<Loaded & { cpu: number }> {
  const pids = subject.pids();
  let before = 0;
  let cpu = 0;
  const loaded = await drive({
    ...shape,
    links,
    kind,
    tool: subject.tool,
    atStart: () => {
      before = cpuMs(pids);
    },
    atEnd: () => {
      cpu = cpuMs(pids) - before;
    },
  });
  return { ...loaded, cpu };
}
