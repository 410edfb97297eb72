// `auth: builtin` in the hub: clients come in with what a person granted them at the hub's own authorization server, as that person, with the Cores
// that were chosen and no others, for as long as the token counts that it was granted with. docs/decisions/0038-own-authorization-server.md.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../base/clock.ts";
import type { Secret } from "../base/secret.ts";
import type { View } from "../catalog/view.ts";
import type { OpenDoor } from "../doors/open-door.ts";
import { createPolicy } from "../gates/policy.ts";
import type { Asker } from "../identity/asker.ts";
import { type AuthResult, invalid, type Shown, type Way } from "../identity/auth.ts";
import type { Admitted, Builtin, Grant, Person } from "../identity/builtin/builtin.ts";
import { idleMs } from "../identity/builtin/life.ts";
import { methodsAt } from "../identity/builtin/open-paths.ts";
import { earlierOf, narrowed, ownIssuer } from "../identity/rights.ts";
import type { Setup } from "../manifest/diff.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import { ownPrincipal, type Principal } from "../sessions/principal.ts";
import type { Log } from "../telemetry/log.ts";
import type { Doorman } from "./doorman.ts";
import { GrantCounts, type GrantEvent } from "./grant-counts.ts";

export interface GrantedDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The hub's environment: how it gets to the Internet. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** In force. */
  setup(): Setup;
  doorman(): Pick<Doorman, "person" | "again" | "change" | "given">;
  view(principal: Principal): Pick<View, "explain">;
  /** What counts is not what counted before: whoever is inside is to be looked at. */
  judgeAnew(): void;
}

export class Granted implements Way, OpenDoor {
  readonly #deps: GrantedDeps;
  readonly #counts: GrantCounts;
  /** Of the hub as it was started: without one there is nothing that could be turned on. */
  readonly #publicUrl: string | undefined;
  readonly #issuer: string;
  #builtin: Builtin | undefined;
  #loading: Promise<Builtin> | undefined;

  constructor(deps: GrantedDeps) {
    this.#deps = deps;
    const { publicUrl } = deps.setup().settings;
    this.#publicUrl = publicUrl;
    this.#issuer = `${ownIssuer}${publicUrl}`;
    this.#counts = new GrantCounts((grant) => this.#holderOf(grant) !== undefined);
    if (this.isOn) void this.#loaded();
  }

  /** As a reload may have it. What was granted stays known while it is off, and counts for nothing. */
  get isOn(): boolean {
    return this.#publicUrl !== undefined && this.#deps.setup().settings.auth.builtin !== undefined;
  }

  /** How many grants count now. */
  get live(): number {
    return this.isOn ? this.#counts.look(this.#builtin?.grants() ?? []) : 0;
  }

  /** What became of them, each with how often. */
  get events(): Readonly<Record<GrantEvent, number>> {
    this.#counts.look(this.#builtin?.grants() ?? []);
    return this.#counts.events;
  }

  /** Its tokens are too long to be guessed, and come from addresses that many share. */
  readonly signed = true;

  take({ token, path }: Shown): AuthResult | Promise<AuthResult> | undefined {
    if (token === undefined) return undefined;
    if (this.#builtin !== undefined) return this.#admit(this.#builtin, token, path);
    return this.#loaded().then((builtin) => this.#admit(builtin, token, path) ?? invalid);
  }

  again(principal: Principal): Principal | undefined | "not mine" {
    const { proof } = principal;
    if (proof.t !== "claims" || proof.issuer !== this.#issuer) return "not mine";
    const grant = this.#builtin?.grant(proof.subject);
    const untilMs = Number(proof.claims["exp"]) * 1000;
    return grant === undefined ? undefined : this.#principalOf({ grant, untilMs });
  }

  methods(path: string): readonly string[] | undefined {
    return this.isOn ? methodsAt(path, this.#publicUrl ?? "") : undefined;
  }

  async handle(request: IncomingMessage, response: ServerResponse, asker: Asker): Promise<void> {
    await (await this.#loaded()).handle(request, response, asker);
  }

  /** Resolves when everything that was granted is written down. */
  async close(): Promise<void> {
    await (await this.#loading)?.saved();
  }

  #admit(builtin: Builtin, token: string, path: string | undefined): AuthResult | undefined {
    const admitted = builtin.admit(token, path);
    if (admitted === undefined) return undefined;
    const principal = this.#principalOf(admitted);
    return principal === undefined ? invalid : { t: "ok", principal };
  }

  /** Undefined: it was revoked, or the token that it was granted with lets nobody in any more. */
  #principalOf({ grant, untilMs }: Admitted): Principal | undefined {
    const holder = this.#holderOf(grant);
    if (holder === undefined) return undefined;
    const { id, holder: client, cores, readOnly, host, clientId, clientName } = grant;
    // No client has this name, so whoever has HUB_TOKEN is told from a client called `token`.
    const whose = client ?? "*";
    const part = { allow: globsOf(cores), deny: [], readOnly, admin: false };
    return {
      // Of the holder, the rights alone: a grant is a caller of its own.
      ...narrowed(holder, part),
      id: `${whose} ${this.#issuer} ${id}`,
      name: `${client ?? "token"}:${host}`,
      client,
      shared: false,
      until: earlierOf(untilMs, holder.until),
      proof: {
        t: "claims",
        issuer: this.#issuer,
        subject: id,
        claims: { client_id: clientId, client_name: clientName, exp: untilMs / 1000 },
      },
    };
  }

  #holderOf({ id, holder, digest }: Grant): Principal | undefined {
    if (!this.#deps.doorman().given.live.has(id)) return undefined;
    const who = ownPrincipal(holder ?? "token", { admin: false, shared: holder === undefined });
    return this.#deps
      .doorman()
      .again({ ...who, client: holder, proof: { t: "token", digest: Buffer.from(digest, "hex") } });
  }

  async #person(token: Secret, peer: string | undefined): Promise<Person | undefined | number> {
    const principal = await this.#deps.doorman().person(token, peer);
    if (typeof principal === "number") return principal;
    // What was itself given out by somebody grants nothing.
    if (principal?.proof.t !== "token") return undefined;
    const cores = this.#deps.setup().manifest.cores.filter((core) => this.#sees(principal, core));
    return {
      holder: principal.client,
      digest: principal.proof.digest.toString("hex"),
      offers: cores.map(({ key, namespace }) => ({ key, namespace })),
    };
  }

  async #noteDown({ id, holder, clientName, host, cores, readOnly, madeAt, endsAt }: Grant): Promise<void> {
    const { ledger, live } = this.#deps.doorman().given;
    const part = { allow: globsOf(cores), deny: [], readOnly, admin: false };
    const expires = Math.min(endsAt, madeAt + idleMs);
    await ledger.add({
      kind: "grant",
      id,
      client: holder,
      note: `${clientName} (${host})`,
      ...part,
      issued: madeAt,
      expires,
    });
    await live.look();
    this.#counts.given(id);
  }

  /** By its client, or because a token of it came twice. */
  #ended({ id, clientName, host }: Grant): void {
    this.#counts.ended(id, "returned");
    const { log, doorman, setup, judgeAnew } = this.#deps;
    log.info("oauth_grant_ended", { component: "auth", grant: id, client: clientName, host });
    const fail = (error: unknown) => log.warn("oauth_state_unwritable", { component: "auth", reason: String(error) });
    doorman().given.ledger.revoke(id).catch(fail);
    doorman().change(setup());
    judgeAnew();
  }

  async #renew(id: string, untilMs: number): Promise<void> {
    try {
      const isThere = await this.#deps.doorman().given.ledger.renew(id, untilMs);
      if (isThere) return;
      this.#counts.ended(id, "revoked");
      this.#builtin?.end(id);
    } catch (error) {
      this.#deps.log.warn("oauth_state_unwritable", { component: "auth", reason: String(error) });
    }
  }

  /** All that the Core may have, or what is known of it. */
  #sees(principal: Principal, core: ResolvedCore): boolean {
    const { whole } = createPolicy(this.#deps.setup().manifest.hub.policy)(principal).forCore(core);
    if (whole.t === "allowed") return true;
    return this.#deps
      .view(principal)
      .explain()
      .some(({ core: key, hidden }) => key === core.key && hidden === undefined);
  }

  #loaded(): Promise<Builtin> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<Builtin> {
    const [{ Builtin }, { documentAsk }] = await Promise.all([
      import("../identity/builtin/builtin.ts"),
      import("./document-ask.ts"),
    ]);
    const { clock, env } = this.#deps;
    const log = this.#deps.log.child({ component: "auth" });
    const { stateDir, stateKey: key } = this.#deps.setup().settings;
    const ask = (allowPrivate: boolean) => documentAsk({ clock, env, allowPrivate });
    const [everywhere, guarded] = [ask(true), ask(false)];
    const builtin = await Builtin.open({
      clock,
      log,
      stateDir,
      key,
      publicUrl: this.#publicUrl ?? "",
      // As the setup has it by then.
      fetch: (...asked) => (this.#deps.setup().settings.auth.builtin?.allowPrivate ? everywhere : guarded)(...asked),
      person: (token, peer) => this.#person(token, peer),
      isGood: (grant) => this.#holderOf(grant) !== undefined,
      granted: (grant) => this.#noteDown(grant),
      happened: (what) => this.#counts.happened(what),
      ended: (grant) => this.#ended(grant),
      used: ({ id }, untilMs) => void this.#renew(id, untilMs),
    });
    this.#builtin = builtin;
    return builtin;
  }
}

function globsOf(namespaces: readonly string[]): string[] {
  return namespaces.map((namespace) => `${namespace}.*`);
}
