// Requests about tasks of the extension io.modelcontextprotocol/tasks: tasks/get, tasks/update, tasks/cancel. Those of Cores go to the Core, those of calls
// that wait in the hub are answered here. Of another caller's task a client hears what it hears of one that there never was.
import { HubError } from "../../base/errors.ts";
import { idKey } from "../../sessions/session.ts";
import { noSplices } from "../../wire/frame.ts";
import { paramAt } from "../../wire/params.ts";
import { tasksExtension } from "../../wire/request-meta.ts";
import { stringAt } from "../../wire/scan.ts";
import { resultFrame } from "../answers.ts";
import type { CallHook, ClientSession, Lane } from "../call.ts";
import { idInUse } from "../call-errors.ts";
import type { Calls } from "../calls.ts";
import type { Request } from "../request.ts";
import type { ResourceUris } from "../resource-uris.ts";
import type { CoreTasks } from "./core-tasks.ts";
import type { Parks } from "./parks.ts";
import { declaresTasks } from "./requests.ts";
import type { TaskHandle, TaskHandles } from "./task-handles.ts";

export const taskMethods = ["tasks/get", "tasks/update", "tasks/cancel"] as const;

export interface TaskRequestsDeps {
  readonly handles: TaskHandles;
  readonly coreTasks: Pick<CoreTasks, "telling">;
  readonly parks: Pick<Parks, "aboutTask">;
  readonly calls: Pick<Calls, "begin">;
  readonly uris: Pick<ResourceUris, "hooks">;
  /** What else takes part in a call of this Core. */
  hooks(request: Request, coreKey: string, lane: Lane): readonly CallHook[];
  /** The way to the Core. Throws HubError. */
  lane(coreKey: string, session: ClientSession): Lane;
  /** The key of the Core of the tool of this canonical name, as far as this session may use it. */
  coreOf(session: ClientSession, tool: string): string | undefined;
}

export class TaskRequests {
  readonly #deps: TaskRequestsDeps;

  constructor(deps: TaskRequestsDeps) {
    this.#deps = deps;
  }

  /** Throws HubError. */
  take(request: Request): "answered" | "forwarded" {
    const { session, bytes, scan, method, replies, idText } = request;
    requireTasks(session, method);
    const range = paramAt(bytes, scan, "taskId");
    if (range === undefined || bytes[range.start] !== 0x22) {
      throw new HubError("params_invalid", `${method} needs params.taskId, a string`);
    }
    const name = stringAt(bytes, range.start, range.end);
    const task = this.find(session, name);
    // A call that is refused for its id tells no hook.
    if (session.calls.has(idKey(idText))) throw idInUse(idText);
    if (task?.place === "core") {
      const { coreTasks, uris, calls } = this.#deps;
      const lane = this.#deps.lane(task.core, session);
      const own = uris.hooks(lane, method, [coreTasks.telling(name)]) ?? [];
      const hooks = [...own, ...this.#deps.hooks(request, task.core, lane)];
      calls.begin(request, lane, { start: range.start, end: range.end, text: task.id }, hooks);
      return "forwarded";
    }
    const result = task === undefined ? undefined : this.#deps.parks.aboutTask(task.id, request);
    if (result === undefined) throw new HubError("name_unknown", "unknown task; it may be over, and forgotten");
    replies.answer(resultFrame(idText, Buffer.from(result, "latin1")), noSplices);
    return "answered";
  }

  /** The task that this client means: one of its own, of a tool that it may use. */
  find(session: ClientSession, name: string): TaskHandle | undefined {
    const task = this.#deps.handles.find(name, session.principal);
    return task !== undefined && this.#deps.coreOf(session, task.tool) === task.core ? task : undefined;
  }
}

/** Throws `capability_missing` for a request that does not say that its client knows tasks. */
export function requireTasks({ capabilities }: ClientSession, what: string): void {
  if (declaresTasks(capabilities)) return;
  throw new HubError("capability_missing", `${what} needs the extension ${tasksExtension} among the client's`, {
    requiredCapabilities: { extensions: { [tasksExtension]: {} } },
  });
}
