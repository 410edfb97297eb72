// From a client as written to the client the hub runs on. Called only when nothing is wrong with it: no checks here.
import { resolve } from "node:path";
import { plainFingerprint } from "../base/shown-certificate.ts";
import { parseNetworks } from "./addresses.ts";
import { resolveJwt } from "./issuers.ts";
import type { CertificateRule, ClientToken, ResolvedClient, SocketPlace } from "./manifest.ts";
import { type Client, defaults, type ClientToken as WrittenToken } from "./model.ts";
import { parseMoment } from "./moments.ts";

/** `folder`: absolute, of the file it stands in. */
export function resolveClient(name: string, client: Client, folder: string): ResolvedClient {
  return {
    name,
    tokens: tokensOf(client, folder),
    expires: moment(client.expires),
    jwt: client.jwt === undefined ? undefined : resolveJwt(client.jwt),
    certificate: certificateOf(client),
    socket: socketOf(client, folder),
    allow: client.allow,
    deny: client.deny ?? defaults.client.deny,
    readOnly: client.read_only ?? defaults.client.read_only,
    arguments: Object.entries(client.arguments ?? {}).map(([tools, schema]) => ({ tools, schema })),
    admin: client.admin ?? defaults.client.admin,
    profile: client.profile,
    allowIps: networksOf(client),
    limits: {
      maxConcurrency: client.limits?.max_concurrency,
      maxQueue: client.limits?.max_queue,
      rateLimitRps: client.limits?.rate_limit_rps,
      rateLimitBytes: client.limits?.rate_limit_bytes,
    },
  };
}

function networksOf({ allow_ips }: Client): readonly string[] | undefined {
  const parsed = allow_ips === undefined ? undefined : parseNetworks(allow_ips);
  return parsed?.t === "ok" ? parsed.value : undefined;
}

function tokensOf({ token_sha256, tokens = [] }: Client, folder: string): readonly ClientToken[] {
  const written: WrittenToken[] = token_sha256 === undefined ? tokens : [{ sha256: token_sha256 }, ...tokens];
  return written.map(({ sha256 = "", file, expires, note }) => {
    const facts = { expires: moment(expires), note };
    return file === undefined
      ? { t: "hash", sha256: sha256.toLowerCase(), ...facts }
      : { t: "file", path: resolve(folder, file), ...facts };
  });
}

function certificateOf({ certificate }: Client): CertificateRule | undefined {
  if (certificate === undefined) return undefined;
  const { subject, cn, san_dns, san_uri, fingerprint_sha256 } = certificate;
  const list = (value: string | readonly string[] | undefined) => (value === undefined ? undefined : [value].flat());
  return {
    subjects: list(subject),
    cns: list(cn),
    dns: list(san_dns)?.map((name) => name.toLowerCase()),
    uris: list(san_uri),
    fingerprints: list(fingerprint_sha256)?.map(plainFingerprint),
  };
}

function socketOf({ socket }: Client, folder: string): SocketPlace | undefined {
  if (socket === undefined) return undefined;
  const { path, mode = defaults.client_socket.mode, group } = socket;
  return { path: resolve(folder, path), mode: Number.parseInt(mode, 8), group };
}

function moment(text: string | undefined): number | undefined {
  const parsed = text === undefined ? undefined : parseMoment(text);
  return parsed?.t === "ok" ? parsed.value : undefined;
}
