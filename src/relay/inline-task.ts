// A tool that its Core runs as a task only (2025-11-25), called by a client that knows no such tasks: the hub asks for the task, waits for what comes of
// it by the same call, and the client has one answer as from any other tool.
import { type ByteString, flatten, frameOf, noSplices } from "../wire/frame.ts";
import { findMember } from "../wire/json.ts";
import { hasTasks } from "../wire/revisions.ts";
import type { CallHook, ClientSession } from "./call.ts";
import type { Calls } from "./calls.ts";
import { idAt, jsonAt, resultIn, taskIdIn } from "./task-ids.ts";

/** The hub's own request to end what nobody waits for any more. */
const cancelMs = 5000;
const head = '{"jsonrpc":"2.0","id":';

export function knowsTasks({ revision }: ClientSession): boolean {
  return revision !== undefined && hasTasks(revision);
}

/** For a call whose params begin at `paramsStart`, and are not empty. */
export function inlineTask(calls: Pick<Calls, "resend">, paramsStart: number): CallHook {
  let task: { readonly id: string; readonly json: ByteString } | undefined;
  return {
    sends: () => [{ start: paramsStart + 1, end: paramsStart + 1, text: '"task":{},' }],
    takes: (frame, scan, call) => {
      const result = task === undefined ? resultIn(scan) : undefined;
      if (result === undefined) return undefined;
      const bytes = flatten(frame);
      const id = taskIdIn(bytes, findMember(bytes, result.start, result.end, "task"));
      if (id === undefined) return undefined;
      task = { id: idAt(bytes, id), json: jsonAt(bytes, id) };
      const text = `${head}0,"method":"tasks/result","params":{"taskId":${task.json}}}`;
      const { id: key } = task;
      return () => {
        if (!call.lane.inlineTasks.has(key)) call.lane.inlineTasks.set(key, call);
        // What it says of its progress goes by the request that is answered, and moves nothing.
        call.deadlineMs = call.lastMs;
        call.splices = [{ start: head.length, end: head.length + 1, text: String(call.hubId) }];
        calls.resend(call, frameOf(Buffer.from(text, "latin1")), noSplices);
      };
    },
    over: (outcome, call) => {
      const { lane } = call;
      if (task !== undefined && lane.inlineTasks.get(task.id) === call) lane.inlineTasks.delete(task.id);
      if (task === undefined || outcome === "answered" || outcome === "refused") return;
      lane.core.request("tasks/cancel", { taskId: task.id }, cancelMs).catch(() => {
        // It is over, or its Core is gone.
      });
    },
  };
}
