// The manifest as the rest of the hub sees it: every default filled in, every path absolute, every address parsed.
// Types only; nothing outside this folder knows a default or the YAML spelling of a key.
import type { ArgumentRule } from "../base/argument-rule.ts";
import type { ClientProfile } from "../base/client-profile.ts";
import type { ListenAddress } from "../base/listen-address.ts";
import type { TlsFiles } from "../base/tls-files.ts";

export interface Manifest {
  /** Absolute paths of the files it came from, in the order read. Empty for a manifest given as text. */
  readonly files: readonly string[];
  readonly hub: HubConfig;
  readonly clients: readonly ResolvedClient[];
  /**
   * By name: the built-in ones, the manifest's own, and `default`. In the order in which they are asked whether a client is theirs.
   */
  readonly profiles: ReadonlyMap<string, ClientProfile>;
  /** In manifest order: files by name, then as written. Disabled ones are left out. */
  readonly cores: readonly ResolvedCore[];
  /** Keys of the Cores that say `disabled: true`. */
  readonly disabled: readonly string[];
}

/** What `hub:` says. The environment is merged over it by settings.ts; the hub itself runs on `Settings`. */
export interface HubConfig {
  readonly listen: readonly ListenAddress[];
  /** Where `/api`, `/metrics`, `/livez` and `/readyz` are instead of on `listen`; empty: they are there. */
  readonly adminListen: readonly ListenAddress[];
  /** `""`, or a path that starts with a slash and does not end with one. */
  readonly basePath: string;
  readonly publicUrl: string | undefined;
  /** Lower case: `name`, `name:port`, `*.name` or `*`. */
  readonly allowHosts: readonly string[];
  readonly allowOrigins: readonly string[];
  /** Networks, `address/prefix`, that clients may come from. Empty: all. */
  readonly allowIps: readonly string[];
  /** Networks, `address/prefix`, and `unix`; words such as `private` are spelt out. */
  readonly trustedProxies: readonly string[];
  /** In small letters; undefined: no header says whose certificate a proxy was shown. */
  readonly clientCertificateHeader: string | undefined;
  /** Undefined: TCP addresses are plain. */
  readonly tls: TlsFiles | undefined;
  readonly anonymous: "loopback" | "allow";
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Absolute. */
  readonly stateDir: string | undefined;
  /** Absolute. */
  readonly secretsDir: string | undefined;
  /** Around the Cores' processes. */
  readonly fence: "auto" | "required" | "off";
  /** Whether a change of its files is taken up at once. */
  readonly watch: boolean;
  readonly listWaitMs: number;
  /** When the hub's own tools are listed. */
  readonly searchTools: "auto" | "always" | "off";
  readonly drainTimeoutMs: number;
  /** Of the profile `default`. */
  readonly names: { readonly separator: string; readonly maxLength: number };
  readonly limits: HubLimits;
  readonly policy: HubPolicy;
  /** Who is asked before each call; undefined: nobody. */
  readonly decision: DecisionPoint | undefined;
  readonly auth: HubAuth;
}

/** How clients sign in besides listed tokens. */
export interface HubAuth {
  /** Those that some client's `jwt` names, in manifest order. */
  readonly issuers: readonly Issuer[];
  /** The hub's own authorization server; undefined: off. */
  readonly builtin: { readonly allowPrivate: boolean } | undefined;
}

/** An identity provider whose signed tokens count. */
export interface Issuer {
  /** As it names itself, to the letter. */
  readonly url: string;
  /** Undefined: as its own description says. */
  readonly jwksUrl: string | undefined;
  /** Besides the URL of the endpoint that is asked. */
  readonly audience: readonly string[];
  /** Undefined: all that are asymmetric. */
  readonly algorithms: readonly string[] | undefined;
  readonly clockSkewS: number;
  /** Absolute path of a PEM file. */
  readonly ca: string | undefined;
  /** That each token must have. */
  readonly scopes: readonly string[];
}

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFormat = "json" | "pretty";

/** How much one party may have at once and in a second; a rate of 0 is no limit. */
export interface RateLimits {
  readonly maxConcurrency: number;
  readonly maxQueue: number;
  /** Calls a second. */
  readonly rateLimitRps: number;
  /** Bytes a second. */
  readonly rateLimitBytes: number;
}

export interface HubLimits {
  readonly maxConcurrencyPerClient: number;
  readonly maxQueuePerClient: number;
  /** 0: no limit. */
  readonly rateLimitRps: number;
  /** 0: no limit. */
  readonly rateLimitBytes: number;
  readonly maxMessageBytes: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

/** Rules are globs over canonical names (`*` is any run of characters), or `#tag`. */
export interface HubPolicy {
  /** Empty: everything. */
  readonly allowTools: readonly string[];
  readonly denyTools: readonly string[];
  readonly allowDestructive: boolean;
}

/** An HTTP service that decides calls. */
export interface DecisionPoint {
  readonly url: string;
  readonly timeoutMs: number;
  readonly cacheMs: number;
  /** Questions under way at once. */
  readonly maxWaiting: number;
  /** Whether it is told what the arguments are. */
  readonly arguments: boolean;
}

export interface ResolvedClient {
  readonly name: string;
  /** Each of them lets it in; empty: none does. */
  readonly tokens: readonly ClientToken[];
  /** When it ends, in wall time (ms since 1970); undefined: not by itself. */
  readonly expires: number | undefined;
  /** What a signed token must say to make its bearer this client; undefined: none does. */
  readonly jwt: JwtRule | undefined;
  /** What must stand in a certificate that lets it in; undefined: none does. */
  readonly certificate: CertificateRule | undefined;
  /** Where whoever comes in is this client; undefined: nowhere. */
  readonly socket: SocketPlace | undefined;
  /** Undefined: everything. Empty: nothing. */
  readonly allow: readonly string[] | undefined;
  readonly deny: readonly string[];
  readonly readOnly: boolean;
  readonly arguments: readonly ArgumentRule[];
  readonly admin: boolean;
  /** The name of a profile; undefined: found by path, or by what the client calls itself. */
  readonly profile: string | undefined;
  /** Networks, `address/prefix`, that this client may come from. Undefined: all that the hub takes. */
  readonly allowIps: readonly string[] | undefined;
  /** Undefined parts follow the hub's limits: see `limitsOf`. */
  readonly limits: { readonly [K in keyof RateLimits]: number | undefined };
}

/** Conditions on the claims of a signed token, all of which hold. An empty list is no condition. */
export interface JwtRule {
  readonly issuer: string;
  /** Any of them. */
  readonly subjects: readonly string[];
  /** Any of them. */
  readonly groups: readonly string[];
  readonly groupsClaim: string;
  /** All of them. */
  readonly scopes: readonly string[];
  /** By the claim's name, dots leading into it: any of the values. */
  readonly claims: Readonly<Record<string, readonly ClaimValue[]>>;
}

export type ClaimValue = string | number | boolean;

export type ClientToken = {
  readonly expires: number | undefined;
  readonly note: string | undefined;
} & (
  | /** 64 small hexadecimal digits. */ { readonly t: "hash"; readonly sha256: string }
  /** Absolute; holds a token a line. */
  | { readonly t: "file"; readonly path: string }
);

/** Of each list one must be there; undefined: anything may. */
export interface CertificateRule {
  readonly subjects: readonly string[] | undefined;
  readonly cns: readonly string[] | undefined;
  /** In small letters. */
  readonly dns: readonly string[] | undefined;
  readonly uris: readonly string[] | undefined;
  /** Small hexadecimal digits, no colons. */
  readonly fingerprints: readonly string[] | undefined;
}

export interface SocketPlace {
  /** Absolute. */
  readonly path: string;
  readonly mode: number;
  /** A name or a number; undefined: the hub's own. */
  readonly group: string | undefined;
}

/** A Core in a container of Docker or Podman. */
export interface ContainerSpec {
  readonly image: string;
  readonly engine: "auto" | "docker" | "podman";
  readonly network: string;
  /** Sources are absolute. */
  readonly mounts: readonly { readonly source: string; readonly target: string; readonly writable: boolean }[];
  /** As the engines write it: 512m. */
  readonly memory: string;
  readonly pids: number;
  readonly user: string | undefined;
  readonly writable: boolean;
}

/** Where a remote Core is, and what every request to it carries. In `url` and header values `${secret:NAME}` stands for a secret, `${env:NAME}` for a variable of the hub's. */
export interface RemotePlace {
  readonly url: string;
  readonly transport: "auto" | "streamable-http" | "sse" | "websocket";
  readonly headers: Readonly<Record<string, string>>;
  /** The secret that goes out as a bearer token. */
  readonly bearer: string | undefined;
  /** Whether it may be a loopback or private address. */
  readonly allowPrivate: boolean;
  readonly tls: CoreTlsFiles | undefined;
}

/** Absolute paths of PEM files. `cert` and `key` are there together. */
export interface CoreTlsFiles {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

export interface ResolvedCore {
  /** As written in the manifest; names the Core in logs and errors. */
  readonly key: string;
  /** Unique, `[a-z][a-z0-9-]*`, never `hub`. */
  readonly namespace: string;
  /** The file it stands in, as shown to people. */
  readonly file: string;
  /** Absolute folder of that file. */
  readonly folder: string;
  /** A server somewhere else; undefined for a local process, of which the next six are. */
  readonly remote: RemotePlace | undefined;
  /** The process is an engine's, which runs this; `command` is the engine then. */
  readonly container: ContainerSpec | undefined;
  readonly command: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly inheritEnv: readonly string[];
  readonly secrets: readonly SecretSpec[];
  readonly framing: "auto" | "newline" | "content-length";
  /** Whether it is kept from what is the hub's, where the hub's `fence` can. */
  readonly fenced: boolean;
  /** `auto`: the Core is asked. */
  readonly era: "auto" | "legacy" | "modern";
  /** false: native names are exposed unchanged. */
  readonly prefix: boolean;
  /** Whether clients see the uris of its resources as they are, or with the namespace in them. */
  readonly uris: "native" | "prefixed";
  readonly isolation: "auto" | "shared" | "session" | "pool";
  /** Most instances of `session`, one for each client. */
  readonly maxSessions: number;
  /** How long an instance of `session` or `pool` waits for its next call before it is ended. */
  readonly idleTimeoutMs: number;
  /** Of `pool`: instances kept running, and most at once. */
  readonly scaling: { readonly min: number; readonly max: number };
  /** `file:` URIs that the Core is told of where no client has roots for it. */
  readonly roots: readonly string[];
  /** `serialize`: one call at a time, so that the Core may ask the client of that call. */
  readonly interactive: "serialize" | undefined;
  readonly tags: readonly string[];
  readonly policy: CorePolicy;
  readonly health: CoreHealth;
  /** By native name. */
  readonly tools: ReadonlyMap<string, ToolOverride>;
  /** Of a remote Core that the hub does not have a fixed token for. */
  readonly login: LoginSpec | undefined;
}

/** How to sign in at a remote Core, and whose login its calls go with. */
export interface LoginSpec {
  readonly url: string;
  readonly allowPrivate: boolean;
  readonly tls: CoreTlsFiles | undefined;
  /** Undefined: the login is the operator's, and serves nobody else. */
  readonly credentials: "shared" | "per-user" | undefined;
  readonly grant: "authorization_code" | "client_credentials" | "token-exchange";
  readonly clientId: string | undefined;
  readonly clientSecret: SecretSpec | undefined;
  readonly privateKey: { readonly secret: SecretSpec; readonly algorithm: string } | undefined;
  readonly clientMetadataUrl: string | undefined;
  readonly redirectUrl: string | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly issuer: string | undefined;
}

/** Rules are globs over native names. */
export interface CorePolicy extends RateLimits {
  readonly allowDestructive: boolean;
  /** Empty: everything. */
  readonly allowTools: readonly string[];
  readonly denyTools: readonly string[];
  readonly destructiveTools: readonly string[];
  /** What changes nothing, whatever the Core says of it. */
  readonly readOnlyTools: readonly string[];
  /** What a tool without annotations is taken for. */
  readonly destructive: "declared" | "assumed";
  readonly timeoutMs: number;
  readonly maxTimeoutMs: number;
}

export interface CoreHealth {
  readonly startupTimeoutMs: number;
  /** 0: no pings. */
  readonly pingIntervalMs: number;
  readonly pingFailures: number;
  readonly restartBackoffMs: number;
  readonly maxRestarts: number;
  readonly stopTimeoutMs: number;
}

export interface ToolOverride {
  /** In place of the native part of the exposed name. */
  readonly name: string | undefined;
  /** The exposed name outright. */
  readonly expose: string | undefined;
  readonly description: string | undefined;
  readonly hidden: boolean;
  /** Of all clients together; undefined: it has none of its own. */
  readonly limits: RateLimits | undefined;
}

/** A secret that the hub hands to a Core as the environment variable `name`. */
export interface SecretSpec {
  readonly name: string;
  readonly from: SecretOrigin;
}

export type SecretOrigin =
  /** The usual places: see secrets.ts. */
  | { readonly t: "search" }
  | { readonly t: "env"; readonly variable: string }
  /** Absolute. */
  | { readonly t: "file"; readonly path: string }
  /** Run in the manifest's folder. */
  | { readonly t: "command"; readonly argv: readonly string[] };
