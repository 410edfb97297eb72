// Rules that are about what a call says, not about what exists: argument rules, and the decision of somebody else. They come after the view:
// what does not exist for a caller never gets here. What they refuse is `denied`, as the caller may know that it is there.
import { HubError } from "../base/errors.ts";
import { type ArgumentChecks, appliesAny, type Called } from "../gates/argument-checks.ts";
import { type Decided, type Decisions, type Question, questionOf } from "../gates/decisions.ts";
import type { Principal } from "../sessions/principal.ts";
import type { Range } from "../wire/json.ts";
import { paramAt } from "../wire/params.ts";
import { quoted } from "./answers.ts";
import type { ClientSession } from "./call.ts";
import type { Request } from "./request.ts";
import { twoMeanings } from "./two-meanings.ts";

/** Arguments that are looked into. Those of calls that no rule is about may be of any size. */
const maxJudgedBytes = 1024 * 1024;

/** Of one caller. */
const maxKnownQuestions = 1024;

export const denials = ["arguments", "decision", "decision_failed"] as const;
export type Denial = (typeof denials)[number];

export interface CallRulesDeps {
  readonly checks: Pick<ArgumentChecks, "fault">;
  /** Undefined while nobody else is asked. */
  decisions(): { readonly decisions: Decisions; readonly withArguments: boolean } | undefined;
  tagsOf(coreKey: string): readonly string[];
  /** To be counted and logged. */
  denied(
    by: Denial,
    session: ClientSession,
    what: { readonly core: string; readonly name: string; readonly why: string },
  ): void;
}

interface Judged extends Called {
  readonly core: string;
}

export class CallRules {
  readonly #deps: CallRulesDeps;
  readonly #questions = new WeakMap<Principal, Map<string, Question & Pick<Judged, "tags">>>();

  constructor(deps: CallRulesDeps) {
    this.#deps = deps;
  }

  /**
   * Nothing where the call may go on; else what it has to wait for before it is taken again. `name`: canonical, or the uri as the Core has it. Throws
   * HubError.
   */
  judge(
    request: Request,
    core: string,
    name: string,
  ): { readonly t: "wait"; readonly until: Promise<Decided> } | undefined {
    const { principal } = request.session;
    const asking = this.#deps.decisions();
    const rules = request.method === "tools/call" ? principal.arguments : undefined;
    if (asking === undefined && (rules === undefined || rules.length === 0)) return undefined;
    const called: Judged = { core, canonical: name, tags: this.#deps.tagsOf(core) };
    if (rules !== undefined && appliesAny(rules, called)) this.#checkArguments(request, called);
    if (asking === undefined) return undefined;
    const question = this.#question(request, called, asking.withArguments);
    const decided = asking.decisions.decide(question, request.session.limitKey, request.decided);
    if (decided instanceof Promise) return { t: "wait", until: decided };
    if (decided === "full") {
      throw new HubError("overloaded", "too many calls wait for the decision point; try again later", {
        retry_after_ms: 1000,
      });
    }
    this.#obey(request, called, decided);
    return undefined;
  }

  #checkArguments(request: Request, called: Judged): void {
    const { principal } = request.session;
    const text = this.#argumentsOf(request, called);
    const fault = this.#deps.checks.fault(principal.arguments ?? [], called, JSON.parse(text.toString("utf8")));
    if (fault === undefined) return;
    const rule = `clients.${principal.client ?? principal.id}.arguments[${JSON.stringify(fault.rule.tools)}]#${fault.schemaAt}`;
    const place = fault.at === "" ? "" : ` at ${fault.at}`;
    this.#deny("arguments", request, called, `its arguments break a rule of this client${place}: ${fault.keyword}`, {
      rule,
      at: fault.at,
    });
  }

  /** As they are written, an object in which each key means one thing; a Core may read what has two meanings in the other way. */
  #argumentsOf(request: Request, called: Judged): Buffer {
    const { bytes } = request;
    const range = argumentsIn(request);
    if (range === undefined) return Buffer.from("{}");
    if (bytes[range.start] !== 0x7b) this.#deny("arguments", request, called, "its arguments must be an object");
    if (range.end - range.start > maxJudgedBytes) {
      const why = `its arguments are longer than ${maxJudgedBytes} bytes, more than a rule looks into`;
      this.#deny("arguments", request, called, why);
    }
    const meanings = twoMeanings(bytes, range);
    if (meanings !== undefined) this.#deny("arguments", request, called, `its arguments have ${meanings}`);
    return bytes.subarray(range.start, range.end);
  }

  /** Without arguments the same caller asks the same of the same thing each time. */
  #question(request: Request, called: Judged, withArguments: boolean): Question {
    const { method, session } = request;
    const { principal } = session;
    if (method === "resources/read") {
      // Uris may be as many, and as long, as a client likes: none is kept.
      return questionOf(Buffer.from(inputText(method, principal, called)));
    }
    if (withArguments) {
      const head = inputText(method, principal, called);
      const text = this.#argumentsOf(request, called);
      return questionOf(Buffer.concat([Buffer.from(`${head.slice(0, -2)},"arguments":`), text, Buffer.from("}}")]));
    }
    const known = this.#questions.get(principal) ?? new Map<string, Question & Pick<Judged, "tags">>();
    if (known.size >= maxKnownQuestions) known.clear();
    this.#questions.set(principal, known);
    const about = `${method} ${called.core} ${called.canonical}`;
    const asked = known.get(about);
    if (asked !== undefined && asked.tags === called.tags) return asked;
    const question = { ...questionOf(Buffer.from(inputText(method, principal, called))), tags: called.tags };
    known.set(about, question);
    return question;
  }

  #obey(request: Request, called: Judged, { decision }: Decided): void {
    if (decision.t === "allowed") return;
    if (decision.t === "denied") {
      this.#deny("decision", request, called, decision.reason ?? "the decision point does not allow it");
    }
    const { core, canonical } = called;
    this.#deps.denied("decision_failed", request.session, { core, name: loggedName(canonical), why: decision.why });
    const message = "whether this call is allowed could not be found out: the decision point did not answer";
    throw new HubError("decision_failed", message, { core, retry_after_ms: 1000 });
  }

  #deny(by: Denial, { session }: Request, { core, canonical }: Judged, why: string, data: object = {}): never {
    this.#deps.denied(by, session, { core, name: loggedName(canonical), why });
    throw new HubError("denied", `${quoted(canonical)} is denied: ${why}`, { core, by, ...data });
  }
}

/** `{"input": …}`, as Open Policy Agent takes it. */
function inputText(method: string, principal: Principal, { core, canonical, tags }: Judged): string {
  const input = {
    method,
    ...{ [kinds[method] ?? "name"]: canonical, core, tags },
    ...{ client: principal.client ?? null, principal: principal.id },
    ...claimsOf(principal),
  };
  return JSON.stringify({ input });
}

const kinds: Readonly<Record<string, string>> = {
  "tools/call": "tool",
  "prompts/get": "prompt",
  "resources/read": "resource",
};

function argumentsIn({ through, bytes, scan }: Request): Range | undefined {
  if (through !== undefined) return through.inner;
  return paramAt(bytes, scan, "arguments");
}

/** Of a signed token, what was signed; never the token. */
function claimsOf({ proof }: Principal): object {
  return proof.t === "claims" ? { claims: proof.claims } : {};
}

/** What stands behind the path of a uri may be for nobody else's eyes. */
function loggedName(name: string): string {
  return name.replace(/[?#].*$/s, "");
}
