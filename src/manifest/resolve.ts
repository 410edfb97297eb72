// From the manifest as written to the Manifest the hub runs on. Called only when nothing is wrong with it: no checks here.
import { resolve as resolvePath } from "node:path";
import type { TlsFiles } from "../base/tls-files.ts";
import {
  type Parsed,
  parseBasePath,
  parseHosts,
  parseListen,
  parseNetworks,
  parseOrigins,
  parseProxies,
  parsePublicUrl,
} from "./addresses.ts";
import { resolveAuth } from "./issuers.ts";
import type {
  ContainerSpec,
  CoreHealth,
  CorePolicy,
  CoreTlsFiles,
  DecisionPoint,
  HubConfig,
  JwtRule,
  LoginSpec,
  RateLimits,
  RemotePlace,
  ResolvedCore,
  SecretSpec,
  ToolOverride,
} from "./manifest.ts";
import { type Core, defaults, type Hub, type SecretEntry, type ToolOverride as WrittenTool } from "./model.ts";
import { namespaceOf } from "./namespaces.ts";
import { namesIn } from "./templates.ts";

export interface CoreOrigin {
  readonly key: string;
  /** As shown to people. */
  readonly file: string;
  /** Absolute. */
  readonly folder: string;
}

/** `rules`: of the clients, which name the identity providers. */
export function resolveHub(hub: Hub, folder: string, rules: readonly JwtRule[] = []): HubConfig {
  const d = defaults.hub;
  const absolute = (path: string | undefined) => (path === undefined ? undefined : resolvePath(folder, path));
  return {
    listen: value(parseListen([hub.listen ?? d.listen].flat())),
    adminListen: hub.admin_listen === undefined ? [] : value(parseListen([hub.admin_listen].flat())),
    basePath: value(parseBasePath(hub.base_path ?? d.base_path)),
    publicUrl: hub.public_url === undefined ? undefined : value(parsePublicUrl(hub.public_url)),
    allowHosts: value(parseHosts(hub.allow_hosts ?? d.allow_hosts)),
    allowOrigins: value(parseOrigins(hub.allow_origins ?? d.allow_origins)),
    allowIps: value(parseNetworks(hub.allow_ips ?? d.allow_ips)),
    trustedProxies: value(parseProxies(hub.trusted_proxies ?? d.trusted_proxies)),
    clientCertificateHeader: hub.client_certificate_header?.toLowerCase(),
    tls: hub.tls === undefined ? undefined : resolveTls(hub.tls, folder),
    anonymous: hub.anonymous ?? d.anonymous,
    logLevel: hub.log_level ?? d.log_level,
    logFormat: hub.log_format ?? d.log_format,
    stateDir: absolute(hub.state_dir),
    secretsDir: absolute(hub.secrets_dir),
    fence: hub.fence ?? d.fence,
    watch: hub.watch ?? d.watch,
    listWaitMs: hub.list_wait_ms ?? d.list_wait_ms,
    searchTools: hub.search_tools ?? d.search_tools,
    drainTimeoutMs: hub.drain_timeout_ms ?? d.drain_timeout_ms,
    names: {
      separator: hub.names?.separator ?? d.names.separator,
      maxLength: hub.names?.max_length ?? d.names.max_length,
    },
    limits: {
      maxConcurrencyPerClient: hub.limits?.max_concurrency_per_client ?? d.limits.max_concurrency_per_client,
      maxQueuePerClient: hub.limits?.max_queue_per_client ?? d.limits.max_queue_per_client,
      rateLimitRps: hub.limits?.rate_limit_rps ?? d.limits.rate_limit_rps,
      rateLimitBytes: hub.limits?.rate_limit_bytes ?? d.limits.rate_limit_bytes,
      maxMessageBytes: hub.limits?.max_message_bytes ?? d.limits.max_message_bytes,
      maxConnections: hub.limits?.max_connections ?? d.limits.max_connections,
      maxConnectionsPerAddress: hub.limits?.max_connections_per_address ?? d.limits.max_connections_per_address,
    },
    policy: {
      allowTools: hub.policy?.allow_tools ?? d.policy.allow_tools,
      denyTools: hub.policy?.deny_tools ?? d.policy.deny_tools,
      allowDestructive: hub.policy?.allow_destructive ?? d.policy.allow_destructive,
    },
    decision: hub.decision === undefined ? undefined : resolveDecision(hub.decision),
    auth: resolveAuth(hub, folder, rules),
  };
}

function resolveTls({ cert, key, client_ca }: NonNullable<Hub["tls"]>, folder: string): TlsFiles {
  const clientCa = client_ca === undefined ? undefined : resolvePath(folder, client_ca);
  return { cert: resolvePath(folder, cert), key: resolvePath(folder, key), clientCa };
}

function resolveDecision(decision: NonNullable<Hub["decision"]>): DecisionPoint {
  const d = defaults.hub.decision;
  return {
    url: decision.url,
    timeoutMs: decision.timeout_ms ?? d.timeout_ms,
    cacheMs: decision.cache_ms ?? d.cache_ms,
    maxWaiting: decision.max_waiting ?? d.max_waiting,
    arguments: decision.arguments ?? d.arguments,
  };
}

export function isDisabled(core: Core): boolean {
  return core.disabled ?? defaults.core.disabled;
}

export function resolveCore(core: Core, origin: CoreOrigin): ResolvedCore {
  const d = defaults.core;
  const policy = resolvePolicy(core.policy ?? {});
  return {
    ...origin,
    namespace: core.namespace ?? namespaceOf(origin.key) ?? "",
    remote: remoteOf(core, origin.folder),
    container: containerOf(core, origin.folder),
    command: core.command ?? (core.container === undefined ? "" : engineOf(core.container)),
    args: core.args ?? d.args,
    cwd: resolvePath(origin.folder, core.cwd ?? d.cwd),
    env: core.env ?? d.env,
    inheritEnv: core.inherit_env ?? d.inherit_env,
    secrets: secretsOf(core, origin.folder),
    framing: core.framing ?? d.framing,
    fenced: core.fence ?? d.fence,
    era: core.era ?? d.era,
    prefix: core.prefix ?? d.prefix,
    uris: core.resources?.uris ?? d.resources.uris,
    isolation: core.isolation ?? d.isolation,
    maxSessions: core.max_sessions ?? d.max_sessions,
    idleTimeoutMs: core.idle_timeout_ms ?? d.idle_timeout_ms,
    scaling: { min: core.scaling?.min ?? d.scaling.min, max: core.scaling?.max ?? d.scaling.max },
    roots: (core.roots ?? d.roots).map((root) => rootUri(root, origin.folder)),
    interactive: core.interactive,
    tags: core.tags ?? d.tags,
    policy,
    health: resolveHealth(core.health ?? {}),
    tools: new Map(
      Object.entries<WrittenTool>(core.tools ?? d.tools).map(([native, tool]) => [native, resolveTool(tool, policy)]),
    ),
    login: resolveLogin(core, origin.folder),
  };
}

function remoteOf(core: Core, folder: string): RemotePlace | undefined {
  if (core.url === undefined) return undefined;
  const d = defaults.core;
  return {
    url: core.url,
    transport: core.transport ?? d.transport,
    headers: core.headers ?? {},
    bearer: core.auth?.bearer,
    allowPrivate: core.allow_private ?? d.allow_private,
    tls: tlsOf(core, folder),
  };
}

function tlsOf({ tls }: Core, folder: string): CoreTlsFiles | undefined {
  if (tls === undefined) return undefined;
  const absolute = (path: string | undefined) => (path === undefined ? undefined : resolvePath(folder, path));
  return { ca: absolute(tls.ca), cert: absolute(tls.cert), key: absolute(tls.key) };
}

type WrittenContainer = NonNullable<Core["container"]>;

function containerOf({ container }: Core, folder: string): ContainerSpec | undefined {
  if (container === undefined) return undefined;
  const d = defaults.core.container;
  const mounts = (container.mounts ?? d.mounts) as NonNullable<WrittenContainer["mounts"]>;
  return {
    image: container.image,
    engine: container.engine ?? d.engine,
    network: container.network ?? d.network,
    mounts: mounts.map(({ source, target, writable = false }) => {
      return { source: resolvePath(folder, source), target, writable };
    }),
    memory: container.memory ?? d.memory,
    pids: container.pids ?? d.pids,
    user: container.user,
    writable: container.writable ?? d.writable,
  };
}

/** What is said of it as a command: which of the two it is, is found when it is started. */
function engineOf({ engine = "auto" }: WrittenContainer): string {
  return engine === "auto" ? "docker" : engine;
}

/** Those listed, and those that a remote Core's address, headers and login name. */
function secretsOf(core: Core, folder: string): readonly SecretSpec[] {
  const listed = (core.secrets ?? defaults.core.secrets).map((secret) => resolveSecret(secret, folder));
  const named = core.url === undefined ? [] : namesIn([core.url, ...Object.values(core.headers ?? {})], "secret");
  if (core.auth?.bearer !== undefined) named.push(core.auth.bearer);
  const known = new Set(listed.map(({ name }) => name));
  const further = [...new Set(named)].filter((name) => !known.has(name));
  return [...listed, ...further.map((name): SecretSpec => ({ name, from: { t: "search" } }))];
}

function rootUri(root: string, folder: string): string {
  return root.startsWith("file://")
    ? root
    : process.getBuiltinModule("node:url").pathToFileURL(resolvePath(folder, root)).href;
}

function resolvePolicy(policy: NonNullable<Core["policy"]>): CorePolicy {
  const d = defaults.core.policy;
  return {
    allowDestructive: policy.allow_destructive ?? d.allow_destructive,
    allowTools: policy.allow_tools ?? d.allow_tools,
    denyTools: policy.deny_tools ?? d.deny_tools,
    destructiveTools: policy.destructive_tools ?? d.destructive_tools,
    readOnlyTools: policy.read_only_tools ?? d.read_only_tools,
    destructive: policy.destructive ?? d.destructive,
    maxConcurrency: policy.max_concurrency ?? d.max_concurrency,
    maxQueue: policy.max_queue ?? d.max_queue,
    rateLimitRps: policy.rate_limit_rps ?? d.rate_limit_rps,
    rateLimitBytes: policy.rate_limit_bytes ?? d.rate_limit_bytes,
    timeoutMs: policy.timeout_ms ?? d.timeout_ms,
    maxTimeoutMs: policy.max_timeout_ms ?? d.max_timeout_ms,
  };
}

function resolveHealth(health: NonNullable<Core["health"]>): CoreHealth {
  const d = defaults.core.health;
  return {
    startupTimeoutMs: health.startup_timeout_ms ?? d.startup_timeout_ms,
    pingIntervalMs: health.ping_interval_ms ?? d.ping_interval_ms,
    pingFailures: health.ping_failures ?? d.ping_failures,
    restartBackoffMs: health.restart_backoff_ms ?? d.restart_backoff_ms,
    maxRestarts: health.max_restarts ?? d.max_restarts,
    stopTimeoutMs: health.stop_timeout_ms ?? d.stop_timeout_ms,
  };
}

function resolveTool(tool: WrittenTool, policy: CorePolicy): ToolOverride {
  return {
    name: tool.name,
    expose: tool.expose,
    description: tool.description,
    hidden: tool.hidden ?? defaults.tool.hidden,
    limits: tool.limits === undefined ? undefined : resolveToolLimits(tool.limits, policy),
  };
}

function resolveToolLimits(limits: NonNullable<WrittenTool["limits"]>, policy: CorePolicy): RateLimits {
  const d = defaults.tool.limits;
  return {
    maxConcurrency: limits.max_concurrency ?? policy.maxConcurrency,
    maxQueue: limits.max_queue ?? policy.maxQueue,
    rateLimitRps: limits.rate_limit_rps ?? d.rate_limit_rps,
    rateLimitBytes: limits.rate_limit_bytes ?? d.rate_limit_bytes,
  };
}

function resolveLogin(core: Core, folder: string): LoginSpec | undefined {
  const { url, auth, credentials, allow_private } = core;
  if (url === undefined || auth?.bearer !== undefined) return undefined;
  const oauth = auth?.oauth ?? {};
  const d = defaults.oauth;
  const secret = (entry: SecretEntry | undefined) => (entry === undefined ? undefined : resolveSecret(entry, folder));
  const key = secret(oauth.private_key);
  const algorithm = oauth.private_key_algorithm ?? d.private_key_algorithm;
  return {
    url,
    allowPrivate: allow_private ?? false,
    tls: tlsOf(core, folder),
    credentials,
    grant: oauth.grant ?? d.grant,
    clientId: oauth.client_id,
    clientSecret: secret(oauth.client_secret),
    privateKey: key === undefined ? undefined : { secret: key, algorithm },
    clientMetadataUrl: oauth.client_metadata_url,
    redirectUrl: oauth.redirect_url,
    scopes: oauth.scopes,
    issuer: oauth.issuer,
  };
}

function resolveSecret(secret: SecretEntry, folder: string): SecretSpec {
  if (typeof secret === "string") return { name: secret, from: { t: "search" } };
  const { name, from } = secret;
  if (from.env !== undefined) return { name, from: { t: "env", variable: from.env } };
  if (from.file !== undefined) return { name, from: { t: "file", path: resolvePath(folder, from.file) } };
  return { name, from: { t: "command", argv: from.command ?? [] } };
}

/** The parsers have said yes to these values before. */
function value<T>(parsed: Parsed<T>): T {
  if (parsed.t === "bad") throw new TypeError(`a checked value is bad: ${parsed.message}`);
  return parsed.value;
}
