// Calls that a modern Core goes on with as tasks (the extension io.modelcontextprotocol/tasks), for clients of its era: what the Core says of a task is
// passed on under the id that the client knows it by. Nothing is kept here: an id says itself where its task is.
import { HubError } from "../../base/errors.ts";
import { membersOf } from "../../wire/cut-members.ts";
import { byPlace, type Frame, flatten, noSplices, type Splice } from "../../wire/frame.ts";
import { findMember, type Range } from "../../wire/json.ts";
import { occurs } from "../../wire/occurs.ts";
import type { Scan } from "../../wire/scan.ts";
import type { Asks } from "../asks.ts";
import type { Call, CallHook, ClientSession, Lane } from "../call.ts";
import type { Calls } from "../calls.ts";
import { idAt, jsonAt, resultIn, taskIdIn } from "../task-ids.ts";
import { labelEdits } from "./input-loop.ts";
import { inputRequestsAt, textAt } from "./input-required.ts";
import { declaresTasks } from "./requests.ts";
import type { TaskHandles } from "./task-handles.ts";

/** The hub's own request to end what nobody will ask for. */
const cancelMs = 5000;

export interface CoreTasksDeps {
  readonly handles: TaskHandles;
  readonly calls: Pick<Calls, "refuse">;
  readonly asks: Pick<Asks, "refusal">;
}

export class CoreTasks {
  readonly #deps: CoreTasksDeps;

  constructor(deps: CoreTasksDeps) {
    this.#deps = deps;
  }

  /** For the call of a tool, by its canonical name; undefined where no Core would answer with a task. */
  creating({ capabilities, principal }: ClientSession, { core }: Lane, tool: string): CallHook | undefined {
    const mayHave = core.era === "modern" || core.state.t !== "up";
    if (!mayHave || (!declaresTasks(capabilities) && !declaresTasks(core.capabilities))) return undefined;
    let id: Range | undefined;
    return {
      takes: (frame, scan, call) => {
        const said = call.lane.core.era === "modern" ? createdIn(frame, scan) : undefined;
        if (said === undefined) return undefined;
        id = said.id;
        if (id === undefined) return () => this.#refuse(call, "began a task, and did not say which");
        if (mayCreate(call)) return undefined;
        const taskId = idAt(said.bytes, id);
        return () => {
          // Nobody could ever ask for it.
          call.lane.core.request("tasks/cancel", { taskId }, cancelMs).catch(() => {});
          this.#refuse(call, "went on with the call as a task, which its client does not know");
        };
      },
      edits: (frame, _scan, call) => {
        if (id === undefined) return noSplices;
        const native = jsonAt(flatten(frame), id);
        const handle = { place: "core", core: call.lane.core.name, tool, id: native } as const;
        return [{ ...id, text: `"${this.#deps.handles.nameOf(handle, principal)}"` }];
      },
    };
  }

  /** For a request about a task, which its client calls `name`. */
  telling(name: string): CallHook {
    return {
      takes: (frame, scan, call) => {
        const result = wholeResult(scan);
        const flaw = result === undefined ? undefined : this.#flawIn(flatten(frame), result, call);
        return flaw === undefined ? undefined : () => this.#refuse(call, flaw);
      },
      edits: (frame, scan, { lane }) => {
        const result = wholeResult(scan);
        return result === undefined ? noSplices : taskEdits(flatten(frame), result, name, lane);
      },
    };
  }

  /** Of a Core that asks what this client cannot be asked. */
  #flawIn(bytes: Buffer, task: Range, call: Call): string | undefined {
    const asked = findMember(bytes, task.start, task.end, "inputRequests");
    const requests = asked === undefined ? [] : inputRequestsAt(bytes, asked);
    if (typeof requests === "string") return requests;
    for (const { method, params } of requests) {
      const refusal = this.#deps.asks.refusal(call, method, { bytes, ...(params ?? { start: -1, end: -1 }) });
      if (refusal !== undefined) return `asked for input that it cannot have: ${refusal.message}`;
    }
    return undefined;
  }

  #refuse(call: Call, what: string): void {
    const core = call.lane.core.name;
    this.#deps.calls.refuse(call, new HubError("input_refused", `core "${core}" ${what}`, { core }));
  }
}

/** A task as the Core says it, in the object at this range, as its client knows it: its id, and who asks. In order. */
export function taskEdits(bytes: Buffer, task: Range, name: string, { policy }: Lane): readonly Splice[] {
  const edits: Splice[] = [];
  const id = taskIdIn(bytes, task);
  if (id !== undefined) edits.push({ start: id.start, end: id.end, text: `"${name}"` });
  const asked = policy.label === undefined ? undefined : findMember(bytes, task.start, task.end, "inputRequests");
  const requests = asked === undefined ? [] : inputRequestsAt(bytes, asked);
  if (typeof requests === "string") return edits;
  for (const { method, params } of requests) edits.push(...labelEdits(policy.label, method, bytes, params));
  return edits.sort(byPlace);
}

/** What was asked for may have any size. */
function wholeResult(scan: Scan): Range | undefined {
  return resultIn(scan, Number.POSITIVE_INFINITY);
}

function mayCreate({ session, lane }: Call): boolean {
  return session.era === "modern" && lane.policy.keepsTasks && declaresTasks(session.capabilities);
}

/** Undefined: the answer is another one than that the call goes on as a task. */
function createdIn(frame: Frame, scan: Scan): { readonly bytes: Buffer; readonly id: Range | undefined } | undefined {
  const result = resultIn(scan);
  if (result === undefined || !occurs(frame, '"task"')) return undefined;
  const bytes = flatten(frame);
  const kind = membersOf(bytes, result.start, result.end)?.findLast(({ key }) => key === "resultType");
  return textAt(bytes, kind) === "task" ? { bytes, id: taskIdIn(bytes, result) } : undefined;
}
