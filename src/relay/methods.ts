// Every request method that clients may send, and who answers it. A method that is not in the table does not exist.
import { HubError } from "../base/errors.ts";
import { RecentMap } from "../base/recent-map.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { ListKind } from "../catalog/cursor.ts";
import type { HubTool, HubTools } from "../catalog/hub-tools.ts";
import type { Ambiguous, Found, FoundResource, PromptRoute, ToolRoute } from "../catalog/model.ts";
import type { View } from "../catalog/view.ts";
import type { Decided } from "../gates/decisions.ts";
import { idKey } from "../sessions/session.ts";
import type { Log } from "../telemetry/log.ts";
import { noSplices, type Splice } from "../wire/frame.ts";
import { paramAt } from "../wire/params.ts";
import { byteIn, stringIn } from "../wire/read-message.ts";
import type { Era } from "../wire/revisions.ts";
import { stringAt } from "../wire/scan.ts";
import { completed, emptyResult, quoted, resultFrame, resultOf } from "./answers.ts";
import type { Bridge } from "./bridge/bridge.ts";
import type { CalledTool } from "./bridge/bridged-call.ts";
import type { CoreTasks } from "./bridge/core-tasks.ts";
import type { Listens } from "./bridge/listens.ts";
import type { TaskRequests } from "./bridge/task-requests.ts";
import type { CallHook, ClientSession, Lane } from "./call.ts";
import { idInUse } from "./call-errors.ts";
import { withHook } from "./call-hooks.ts";
import type { CallRules } from "./call-rules.ts";
import type { Calls } from "./calls.ts";
import { CapLog } from "./cap-log.ts";
import { completionTarget, uriRename } from "./completion-target.ts";
import { downgradeHooks } from "./downgrade.ts";
import { modernMethods, onlyModern } from "./era-methods.ts";
import { HubToolCalls } from "./hub-tools.ts";
import { discoverResult, type HubIdentity, initializeResult, readInitialize } from "./initialize.ts";
import { inlineTask, knowsTasks } from "./inline-task.ts";
import type { LogLevels } from "./log-levels.ts";
import { type LoginAsks, signedInResult } from "./login-asks.ts";
import { broughtAction } from "./login-rounds.ts";
import { checkParamHeaders } from "./param-headers.ts";
import type { Parking } from "./parking.ts";
import { callWithin, type Request } from "./request.ts";
import type { ResourceUris } from "./resource-uris.ts";
import type { Subscriptions } from "./subscriptions.ts";
import { idAt, native, taskIdIn } from "./task-ids.ts";
import { runsTasks, type Tasks, unknownTask } from "./tasks.ts";
import { ToolIndexes } from "./tool-indexes.ts";

export interface MethodsDeps {
  readonly hub: HubIdentity;
  readonly calls: Calls;
  readonly parking: Parking;
  readonly logLevels: LogLevels;
  readonly loginAsks: Pick<LoginAsks, "hook" | "first">;
  readonly subscriptions: Subscriptions;
  readonly tasks: Tasks;
  readonly uris: ResourceUris;
  readonly rules: Pick<CallRules, "judge">;
  readonly bridge: Bridge;
  readonly listens: Pick<Listens, "open">;
  readonly coreTasks: Pick<CoreTasks, "creating">;
  readonly taskRequests: Pick<TaskRequests, "take">;
  readonly log: Log;
  /** What there is for this session: the same for most. */
  catalog(session: ClientSession): Catalog;
  /** The client has said who it is and what it can be asked. */
  greet(session: ClientSession): void;
  /** The way to the instance of the Core that serves this session. Throws HubError where there can be none. */
  lane(coreKey: string, session: ClientSession): Lane;
  /** As `lane`, to the one that tells the session of changes of resources. */
  watchLane(coreKey: string, session: ClientSession): Lane;
}

/** Of one session. */
const maxAnswering = 16;
/** To be taken again once the promise has settled, which never rejects: with what was decided, if that is what it waited for. */
interface Wait {
  readonly t: "wait";
  readonly until: Promise<Decided | undefined>;
}

/** `answered`: by the hub itself. `forwarded`: a call now. `park`: not answered, to be taken again when the Cores are ready. */
type Outcome = "answered" | "forwarded" | "park" | Wait;
type Handler = (request: Request) => Outcome;

export class Methods {
  readonly #deps: MethodsDeps;
  readonly #capLog: CapLog;
  readonly #hubTools = new HubToolCalls(new ToolIndexes());
  readonly #tables: Readonly<Record<Era, ReadonlyMap<string, Handler>>>;

  constructor(deps: MethodsDeps) {
    this.#deps = deps;
    this.#capLog = new CapLog(deps.log);
    const all = new Map<string, Handler>([
      ["tools/call", (request) => this.#callTool(request)],
      ["prompts/get", (request) => this.#getPrompt(request)],
      ["resources/read", (request) => this.#read(request)],
      ["resources/subscribe", (request) => this.#subscribe(request)],
      ["resources/unsubscribe", (request) => this.#unsubscribe(request)],
      ["tasks/list", (request) => this.#listTasks(request)],
      ...["tasks/get", "tasks/update", "tasks/result", "tasks/cancel"].map((method): [string, Handler] => [
        method,
        (request) => (request.session.era === "modern" ? deps.taskRequests.take(request) : this.#task(request)),
      ]),
      ["completion/complete", (request) => this.#complete(request)],
      ["tools/list", (request) => this.#list(request, "tools")],
      ["prompts/list", (request) => this.#list(request, "prompts")],
      ["resources/list", (request) => this.#list(request, "resources")],
      ["resources/templates/list", (request) => this.#list(request, "resourceTemplates")],
      ["logging/setLevel", (request) => this.#setLevel(request)],
      ["initialize", (request) => this.#initialize(request)],
      ["server/discover", (request) => this.#discover(request)],
      ["subscriptions/listen", (request) => this.#listen(request)],
      ["ping", (request) => answer(request, emptyResult)],
    ]);
    const ofEra = (isThere: (method: string) => boolean) =>
      RecentMap.of([...all].filter(([method]) => isThere(method)));
    this.#tables = {
      legacy: ofEra((method) => !onlyModern.has(method)),
      modern: ofEra((method) => modernMethods.includes(method)),
    };
  }

  /** Answers, forwards, or asks for the request to be parked. Throws HubError for what must be refused. */
  take(request: Request): Outcome {
    const { session, method } = request;
    const handler = this.#tables[session.era].get(method);
    if (handler === undefined) throw new HubError("method_unknown", `this hub has no method ${quoted(method)}`);
    if (session.phase !== "ready" && method !== "initialize" && method !== "ping") {
      throw new HubError("not_initialized", `send initialize before ${method}`);
    }
    return handler(request);
  }

  #callTool(request: Request): Outcome {
    const { session, scan } = request;
    const name = this.#stringParam(request, scan.nameStart, scan.nameEnd, "name");
    const view = this.#view(session);
    const own = view.hubTools?.find(name);
    if (own !== undefined) return this.#callOwn(request, view, own);
    const found = view.tool(name);
    checkParamHeaders(request, found);
    return this.#named(request, "tool", name, found);
  }

  #getPrompt(request: Request): Outcome {
    const { session, scan } = request;
    const name = this.#stringParam(request, scan.nameStart, scan.nameEnd, "name");
    return this.#named(request, "prompt", name, this.#view(session).prompt(name));
  }

  #named(
    request: Request,
    kind: "tool" | "prompt",
    name: string,
    found: Found<PromptRoute> | Ambiguous | undefined,
  ): Outcome {
    if (found === undefined) return this.#unknown(request, kind, name);
    if (found.t === "ambiguous") {
      const choices = found.candidates.join(", ");
      throw new HubError("name_unknown", `${kind} ${quoted(name)} is ambiguous; write one of ${choices}`);
    }
    return this.#forwardNamed(request, found.route);
  }

  #callOwn(request: Request, view: View, tool: HubTool): Outcome {
    const { session } = request;
    const own = view.hubTools as HubTools;
    const mayPark = this.#deps.parking.worthwhile(session);
    const outcome = this.#hubTools.take(tool, { request, caller: session.caller, view, own, mayPark });
    switch (outcome.t) {
      case "answered":
        return answer(request, outcome.result);
      case "call":
        return this.#forwardNamed(callWithin(request, outcome.through), outcome.entry.route);
      case "park":
        return "park";
      case "wait":
        return { t: "wait", until: outcome.until.then(() => undefined) };
    }
  }

  #read(request: Request): Outcome {
    const { session, scan } = request;
    const uri = this.#stringParam(request, scan.uriStart, scan.uriEnd, "uri");
    const found = this.resource(session, uri);
    if (found === undefined) return this.#unknown(request, "resource", uri);
    const wait = this.#deps.rules.judge(request, found.core, found.nativeUri);
    if (wait !== undefined) return wait;
    return this.#forward(request, found.core, uriRename(found, uri, { start: scan.uriStart, end: scan.uriEnd }));
  }

  #subscribe(request: Request): Outcome {
    const { session, scan } = request;
    const uri = this.#stringParam(request, scan.uriStart, scan.uriEnd, "uri");
    const found = this.resource(session, uri);
    if (found === undefined) return this.#unknown(request, "resource", uri);
    const { subscriptions, watchLane } = this.#deps;
    const to = { uri, nativeUri: found.nativeUri, lane: watchLane(found.core, session) };
    return subscriptions.subscribe(request, to) ? "forwarded" : answer(request, emptyResult);
  }

  #unsubscribe(request: Request): Outcome {
    const uri = this.#stringParam(request, request.scan.uriStart, request.scan.uriEnd, "uri");
    return this.#deps.subscriptions.unsubscribe(request, uri) ? "forwarded" : answer(request, emptyResult);
  }

  #task(request: Request): Outcome {
    const { session, bytes, scan, method, replies } = request;
    const range = taskIdIn(bytes, { start: scan.paramsStart, end: scan.paramsEnd });
    if (range === undefined) throw new HubError("params_invalid", `${method} needs params.taskId, a string`);
    const { tasks, calls } = this.#deps;
    const task = tasks.find(session, idAt(bytes, range));
    if (task === undefined) throw unknownTask();
    // A call that is refused for its id tells no hook.
    if (session.calls.has(idKey(request.idText))) throw idInUse(request.idText);
    const profile = method === "tasks/result" ? session.caller.profile : undefined;
    const shown = downgradeHooks(profile?.downgrade, session.revision) ?? [];
    const hooks = this.#deps.uris.hooks(task.lane, method, [...shown, tasks.asking(task, method, replies)]);
    calls.begin(request, task.lane, native(range, task), hooks);
    return "forwarded";
  }

  #listTasks(request: Request): Outcome {
    const { session, bytes, scan } = request;
    const cursor = paramAt(bytes, scan, "cursor");
    const isText = cursor !== undefined && bytes[cursor.start] === 0x22;
    const text = isText ? stringAt(bytes, cursor.start, cursor.end) : cursor && "";
    if (session.answering >= maxAnswering) {
      const message = `${maxAnswering} lists of tasks are being made for this client already`;
      throw new HubError("overloaded", message, { retry_after_ms: 1000 });
    }
    // Throws where there is no such cursor: then nothing is being answered.
    const made = this.#deps.tasks.list(session, text);
    session.answering++;
    made.then((list) => {
      session.answering--;
      answer(request, list);
      session.settled();
    });
    return "answered";
  }

  #complete(request: Request): Outcome {
    const { session } = request;
    const target = completionTarget(request, this.#view(session), (uri) => this.resource(session, uri));
    if (target === undefined) return this.#nothingToComplete(request);
    return this.#forward(request, target.core, target.rename);
  }

  #nothingToComplete(request: Request): Outcome {
    if (this.#deps.parking.worthwhile(request.session)) return "park";
    return answer(request, resultOf({ completion: { values: [], total: 0, hasMore: false } }));
  }

  #list(request: Request, kind: ListKind): Outcome {
    if (this.#deps.parking.worthwhile(request.session)) return "park";
    const { session, bytes, scan } = request;
    const range = paramAt(bytes, scan, "cursor");
    const isText = range !== undefined && bytes[range.start] === 0x22;
    const view = this.#view(session);
    if (kind === "tools") this.#capLog.served(view, session.caller);
    const list = view.list(kind, session.era);
    const page =
      range === undefined || isText ? list.page(range && stringAt(bytes, range.start, range.end)) : undefined;
    if (page === undefined) {
      throw new HubError("params_invalid", `unknown cursor; ask for ${request.method} from its start, without one`);
    }
    if (session.era === "legacy" && page === list.whole) session.wasServed(kind, page);
    request.replies.answer(resultFrame(request.idText, page), noSplices);
    return "answered";
  }

  #setLevel(request: Request): Outcome {
    this.#deps.logLevels.set(request.session, paramsOf(request));
    return answer(request, emptyResult);
  }

  #initialize(request: Request): Outcome {
    const { session } = request;
    if (session.phase === "ready") throw new HubError("request_invalid", "this connection is initialized already");
    const greeting = readInitialize(paramsOf(request));
    session.revision = greeting.revision;
    session.client = greeting.client;
    session.capabilities = greeting.capabilities;
    this.#deps.greet(session);
    const instructions = this.#view(session).instructions;
    return answer(request, resultOf(initializeResult(greeting.revision, this.#deps.hub, instructions)));
  }

  #listen(request: Request): Outcome {
    this.#deps.listens.open(request);
    return "answered";
  }

  /** The session hears of changes of this resource. False where it has none of this name, or nobody tells of its changes. Throws HubError. */
  hold(session: ClientSession, uri: string): boolean {
    const found = this.resource(session, uri);
    if (found === undefined) return false;
    const { subscriptions, watchLane } = this.#deps;
    return subscriptions.hold(session, { uri, nativeUri: found.nativeUri, lane: watchLane(found.core, session) });
  }

  #discover(request: Request): Outcome {
    const { instructions } = this.#view(request.session);
    const result = resultOf(discoverResult(this.#deps.hub, instructions));
    request.replies.answer(resultFrame(request.idText, result), noSplices);
    return "answered";
  }

  /** Under the Core's own name, and answered with what the client can show. */
  #forwardNamed(request: Request, route: PromptRoute | ToolRoute): Outcome {
    const wait = this.#deps.rules.judge(request, route.core, route.canonical);
    if (wait !== undefined) return wait;
    const { scan, session } = request;
    const rename: Splice = { start: scan.nameStart, end: scan.nameEnd, text: route.nativeNameJson };
    const hooks = downgradeHooks(session.caller.profile?.downgrade, session.revision);
    const tool = "wrapsOutput" in route ? route : undefined;
    return this.#forward(request, route.core, rename, hooks, tool);
  }

  #forward(
    request: Request,
    coreKey: string,
    rename: Splice | undefined,
    hooks?: readonly CallHook[] | undefined,
    tool?: ToolRoute,
  ): Outcome {
    const { bridge } = this.#deps;
    const state = bridge.stateOf(request, coreKey);
    // The call has begun before: what it is answered by is the end of that one.
    if (state !== undefined && bridge.resume(state, request)) return "answered";
    const lane = this.#deps.lane(coreKey, request.session);
    const asTask = tool === undefined ? undefined : this.#asTask(request, lane, tool);
    const withUris = this.#deps.uris.hooks(lane, request.method, hooks);
    const bridged = bridge.hook(request, lane, state, tool);
    const brought = state?.t === "url" ? broughtAction(request) : undefined;
    const login = this.#deps.loginAsks.hook(coreKey, request.session, tool !== undefined, brought);
    const all = withHook(withHook(withHook(withUris, asTask), bridged), login);
    const limitedTool = tool?.isLimited === true ? tool.native : undefined;
    this.#deps.calls.begin(request, lane, rename, all, limitedTool);
    return "forwarded";
  }

  /**
   * A call that its Core may go on with as a task. Looked for in calls of Cores that know tasks only; of an instance that is still starting
   * nobody knows yet whether it does.
   */
  #asTask(request: Request, lane: Lane, { canonical, needsTask }: CalledTool): CallHook | undefined {
    const { session, scan } = request;
    if (needsTask && !knowsTasks(session)) return inlineTask(this.#deps.calls, scan.paramsStart);
    const { state, capabilities } = lane.core;
    const created = this.#deps.coreTasks.creating(session, lane, canonical);
    if (created !== undefined || session.era === "modern") return created;
    if (scan.others === 0 || (state.t === "up" && !runsTasks(capabilities))) return undefined;
    if (paramAt(request.bytes, scan, "task") === undefined) return undefined;
    return this.#deps.tasks.creating(session, lane);
  }

  #unknown(request: Request, kind: string, name: string): Outcome {
    if (this.#deps.parking.worthwhile(request.session)) return "park";
    const view = this.#view(request.session);
    const first = this.#deps.loginAsks.first(request.session, view);
    const core = first.coreOf(name);
    if (core !== undefined) return this.#forward(request, core, undefined);
    const state = kind === "tool" ? this.#deps.bridge.stateOf(request, undefined) : undefined;
    // What stood in for the tools of a Core goes when its person has signed in, and is asked for once more.
    if (state?.t === "url") return answer(request, signedInResult(state.core));
    const own = kind === "tool" ? view.hubTools : undefined;
    const fix =
      own === undefined ? `${kind}s/list shows what there is` : `${own.nameOf("search_tools")} finds what there is`;
    throw first.unknown(kind, name, fix);
  }

  /** Where it is read, as this session may see it. */
  resource(session: ClientSession, uri: string): FoundResource | undefined {
    return this.#view(session).resource(uri, this.#deps.uris.saidBy(session));
  }

  #view(session: ClientSession): View {
    return this.#deps.catalog(session).view(session.caller);
  }

  #stringParam(request: Request, start: number, end: number, name: string): string {
    if (start < 0 || byteIn(request, start) !== 0x22) {
      throw new HubError("params_invalid", `${request.method} needs params.${name}, a string`);
    }
    return stringIn(request, start, end);
  }
}

function answer(request: Request, result: Buffer): Outcome {
  const whole = request.session.era === "modern" ? completed(result) : result;
  request.replies.answer(resultFrame(request.idText, whole), noSplices);
  return "answered";
}

function paramsOf(request: Request): Buffer | undefined {
  const { bytes, scan } = request;
  return scan.paramsStart < 0 ? undefined : bytes.subarray(scan.paramsStart, scan.paramsEnd);
}
