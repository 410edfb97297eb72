// What the authorization server knows: clients that registered, what they were granted, and the tokens for it. In memory, each kind within a
// bound, and in a file what must outlive the hub. Of tokens there are digests alone: who reads this has none of them.
import { hash } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../telemetry/log.ts";
import { idleMs } from "./life.ts";
import type { StateFile } from "./state-file.ts";
import { type Kept, Table } from "./table.ts";

/** As the library makes them: JSON. */
export interface Payload {
  readonly grantId?: string;
  readonly consumed?: number;
  readonly [key: string]: unknown;
}

/** What somebody allowed a client. */
export interface Grant {
  readonly id: string;
  /** Whose token was shown for it: the entry of `clients:`; undefined: that of HUB_TOKEN. */
  readonly holder: string | undefined;
  /** Of that token: without it the grant is worth nothing. */
  readonly digest: string;
  readonly clientId: string;
  /** What the client calls itself, and where answers for it go: for people. */
  readonly clientName: string;
  readonly host: string;
  /** Namespaces of the Cores that it may use. */
  readonly cores: readonly string[];
  /** Of tools, only those that change nothing. */
  readonly readOnly: boolean;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  /** At the latest; it ends before that if it is not used. */
  readonly endsAt: number;
}

export type Kind =
  | "Client"
  | "Grant"
  | "AccessToken"
  | "RefreshToken"
  | "AuthorizationCode"
  | "Interaction"
  | "Session"
  | "ReplayDetection";

interface Facts {
  readonly limit: number;
  /** Kept in the file. */
  readonly isKept?: true;
  /** Its ids are no secrets, and stand as they are. */
  readonly isPlain?: true;
}

const maxGrants = 256;
/** Registered, and never granted anything. */
const maxUnused = 500;
const unusedMs = 24 * 3_600_000;
const never = Number.MAX_SAFE_INTEGER;
/** Of one grant: a client that asks for tokens without end has the last ones. */
const maxTokens = { AccessToken: 8, RefreshToken: 32 } as const;

const facts: Readonly<Record<Kind, Facts>> = {
  Client: { limit: maxUnused + maxGrants, isKept: true, isPlain: true },
  Grant: { limit: maxGrants, isKept: true, isPlain: true },
  AccessToken: { limit: maxGrants * maxTokens.AccessToken, isKept: true },
  RefreshToken: { limit: maxGrants * maxTokens.RefreshToken, isKept: true },
  AuthorizationCode: { limit: 1_000 },
  Interaction: { limit: 500 },
  Session: { limit: 500 },
  ReplayDetection: { limit: 5_000 },
};
const kinds = Object.keys(facts) as Kind[];

export interface StoreDeps {
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  readonly file: StateFile;
  /** A grant is over: its client gave it back, or a token of it came twice. */
  ended(grant: Grant): void;
  /** It is used: until then it lasts now. */
  used(grant: Grant, untilMs: number): void;
}

export class Store {
  readonly #deps: StoreDeps;
  readonly #tables: Readonly<Record<Kind, Table<Payload>>>;
  readonly #grants: Table<Grant>;
  #isChanged = false;
  #writing: Promise<void> | undefined;

  private constructor(deps: StoreDeps) {
    this.#deps = deps;
    const nowMs = () => this.nowMs();
    const tables = kinds.map((kind) => [kind, new Table<Payload>(facts[kind].limit, nowMs)]);
    this.#tables = Object.fromEntries(tables) as Record<Kind, Table<Payload>>;
    this.#grants = new Table(maxGrants, nowMs);
  }

  /** With what the file has. Never rejects: without a file that can be read, it begins with nothing. */
  static async open(deps: StoreDeps): Promise<Store> {
    const store = new Store(deps);
    const found = await deps.file.read();
    if (found.t === "unreadable") deps.log.warn("oauth_state_unreadable", { file: deps.file.path, reason: found.why });
    if (found.t === "state") store.#load(found.value as SavedState);
    return store;
  }

  nowMs(): number {
    return Date.parse(this.#deps.clock.iso());
  }

  find(kind: Kind, id: string): Payload | undefined {
    const payload = this.#tables[kind].get(keyOf(kind, id));
    return payload === undefined ? undefined : { ...payload, jti: id };
  }

  /** Sessions have a second name. */
  findByUid(kind: Kind, uid: string): Payload | undefined {
    for (const [, { value }] of this.#tables[kind].entries()) if (value["uid"] === uid) return value;
    return undefined;
  }

  /** `lifeMs` undefined: as long as it is of use. */
  put(kind: Kind, id: string, { jti: _, ...payload }: Payload, lifeMs: number | undefined): void {
    const endsAt = lifeMs === undefined ? never : this.nowMs() + lifeMs;
    if (kind === "Client" && !this.#isUsed(id)) this.#roomForClient();
    this.#tables[kind].set(keyOf(kind, id), payload, kind === "Client" ? this.#clientEnd(id, endsAt) : endsAt);
    if (kind === "AccessToken" || kind === "RefreshToken") this.#dropOldest(kind, payload.grantId);
    if (kind === "RefreshToken") this.#used(payload.grantId);
    this.#changed(kind);
  }

  consume(kind: Kind, id: string): void {
    const consumed = Math.floor(this.nowMs() / 1000);
    this.#tables[kind].change(keyOf(kind, id), (payload) => ({ ...payload, consumed }));
    this.#changed(kind);
  }

  remove(kind: Kind, id: string): void {
    if (kind === "Grant") this.end(id);
    else {
      this.#tables[kind].delete(keyOf(kind, id));
      this.#changed(kind);
    }
  }

  removeByGrant(kind: Kind, grantId: string): void {
    for (const [key, { value }] of this.#tables[kind].entries()) {
      if (value.grantId === grantId) this.#tables[kind].delete(key);
    }
    this.#changed(kind);
  }

  grant(id: string): Grant | undefined {
    return this.#grants.get(id);
  }

  grants(): readonly Grant[] {
    return [...this.#grants.entries()].map(([, { value }]) => value);
  }

  get isFull(): boolean {
    return this.grants().length >= maxGrants;
  }

  addGrant(grant: Grant): void {
    this.#grants.set(grant.id, grant, this.idleEnd(grant));
    const client = this.#tables.Client.get(grant.clientId);
    if (client !== undefined) this.#tables.Client.set(grant.clientId, client, never);
    this.#changed("Grant");
  }

  idleEnd({ endsAt }: Grant): number {
    return Math.min(endsAt, this.nowMs() + idleMs);
  }

  /** With every token of it. */
  end(id: string): void {
    const grant = this.#grants.get(id);
    for (const kind of ["AccessToken", "RefreshToken", "AuthorizationCode"] as const) this.removeByGrant(kind, id);
    this.#tables.Grant.delete(id);
    this.#grants.delete(id);
    this.#changed("Grant");
    if (grant === undefined) return;
    const client = this.#tables.Client.get(grant.clientId);
    if (client !== undefined) this.#tables.Client.set(grant.clientId, client, this.#clientEnd(grant.clientId, never));
    this.#deps.ended(grant);
  }

  /** The grant of an access token that is good now. */
  grantOf(token: string): { readonly grant: Grant; readonly payload: Payload } | undefined {
    const payload = this.#tables.AccessToken.get(keyOf("AccessToken", token));
    const grant = payload?.grantId === undefined ? undefined : this.#grants.get(payload.grantId);
    return payload === undefined || grant === undefined ? undefined : { grant, payload };
  }

  /** Resolves when what has changed is in the file, or cannot be: then the log says so, and the hub goes on with what it knows. */
  async saved(): Promise<void> {
    while (this.#isChanged) {
      this.#writing ??= this.#write().finally(() => {
        this.#writing = undefined;
      });
      await this.#writing;
    }
    await this.#writing;
  }

  #used(grantId = ""): void {
    const grant = this.#grants.get(grantId);
    if (grant === undefined) return;
    this.#grants.set(grantId, grant, this.idleEnd(grant));
    this.#deps.used(grant, this.idleEnd(grant));
  }

  #isUsed(clientId: string): boolean {
    return this.grants().some((grant) => grant.clientId === clientId);
  }

  /** A client that nothing is granted to is forgotten. */
  #clientEnd(id: string, endsAt: number): number {
    return this.#isUsed(id) ? endsAt : Math.min(endsAt, this.nowMs() + unusedMs);
  }

  /** The oldest of those that were never granted anything go first: those in use have a place of their own. */
  #roomForClient(): void {
    const used = new Set(this.grants().map(({ clientId }) => clientId));
    const unused = [...this.#tables.Client.entries()].filter(([id]) => !used.has(id));
    for (const [id] of unused.slice(0, Math.max(0, unused.length - maxUnused + 1))) this.#tables.Client.delete(id);
  }

  #dropOldest(kind: keyof typeof maxTokens, grantId: string | undefined): void {
    const own = [...this.#tables[kind].entries()].filter(([, { value }]) => value.grantId === grantId);
    for (const [key] of own.slice(0, Math.max(0, own.length - maxTokens[kind]))) this.#tables[kind].delete(key);
  }

  #changed(kind: Kind): void {
    if (facts[kind].isKept) this.#isChanged = true;
  }

  async #write(): Promise<void> {
    this.#isChanged = false;
    const tables = kinds.filter((kind) => facts[kind].isKept).map((kind) => [kind, [...this.#tables[kind].entries()]]);
    const state: SavedState = { grants: [...this.#grants.entries()], tables: Object.fromEntries(tables) };
    try {
      await this.#deps.file.write(state);
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? "failed";
      this.#deps.log.warn("oauth_state_unwritable", { file: this.#deps.file.path, reason });
    }
  }

  #load({ grants, tables }: SavedState): void {
    for (const [id, { value, endsAt }] of grants) this.#grants.set(id, value, endsAt);
    for (const kind of kinds) {
      for (const [key, { value, endsAt }] of tables[kind] ?? []) this.#tables[kind].set(key, value, endsAt);
    }
  }
}

interface SavedState {
  readonly grants: readonly [string, Kept<Grant>][];
  readonly tables: Partial<Record<Kind, [string, Kept<Payload>][]>>;
}

function keyOf(kind: Kind, id: string): string {
  return facts[kind].isPlain ? id : hash("sha256", id, "base64url");
}
