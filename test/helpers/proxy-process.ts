// Runs the shipped proxy files of deploy/proxy as processes of a test's own: on loopback ports, in a folder of their own.
// Of the files only paths, addresses and names are replaced, and what a test names.
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Certificates } from "./certificates.ts";
import { root } from "./hub-process.ts";

/** The name that the shipped files are written for. */
export const host = "hub.example";

export type ProxyKind = "nginx" | "caddy";

export interface ProxyOptions {
  readonly upstreamPort: number;
  readonly certificates: Certificates;
  readonly mtls?: boolean;
  /** nginx: chatgpt.conf as well, for these addresses and with this token. */
  readonly chatgpt?: { readonly addresses: readonly string[]; readonly token: string };
  /** The read timeout in place of the shipped one. */
  readonly readTimeout?: string;
  /** Passes paths on with their prefix, as the files' comments say, instead of taking it off. */
  readonly keepsPrefix?: boolean;
}

export interface ProxyProcess extends AsyncDisposable {
  readonly port: number;
}

interface Prepared {
  readonly command: string;
  readonly check: readonly string[];
  readonly run: readonly string[];
  readonly env: Record<string, string>;
  /** On stderr, once it listens. */
  readonly ready: RegExp;
}

const isInstalled = (program: string) => spawnSync(program, ["-h"], { stdio: "ignore" }).error === undefined;

export const lacksOpenssl = isInstalled("openssl") ? false : "needs openssl (Debian: openssl)";

/** Why tests with this proxy are skipped; false when they are not. */
export function lacks(kind: ProxyKind): string | false {
  if (lacksOpenssl !== false) return lacksOpenssl;
  return isInstalled(kind) ? false : `needs ${kind} (Debian: ${kind === "nginx" ? "nginx-light" : "caddy"})`;
}

/** Checks the files with the proxy's own checker, which must find nothing, and starts it. */
export async function startProxy(kind: ProxyKind, options: ProxyOptions): Promise<ProxyProcess> {
  const folder = await mkdtemp(join(tmpdir(), `thehub-${kind}-`));
  const port = await freePort();
  const prepared = await (kind === "nginx" ? nginx : caddy)(folder, port, options);
  const env = { PATH: process.env["PATH"] ?? "", ...prepared.env };
  const check = spawnSync(prepared.command, prepared.check, { cwd: folder, env, encoding: "utf8" });
  assert.equal(check.status, 0, check.stderr);
  assert.doesNotMatch(check.stderr, /\[(warn|emerg)\]|"level":"error"/, check.stderr);
  const child = spawn(prepared.command, prepared.run, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  await saying(child, prepared.ready);
  return {
    port,
    async [Symbol.asyncDispose]() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Names lead to this machine, whatever they are. */
export const lookup: LookupFunction = (_name, options, done) => {
  if (options.all === true) done(null, [{ address: "127.0.0.1", family: 4 }]);
  else done(null, "127.0.0.1", 4);
};

async function nginx(folder: string, port: number, options: ProxyOptions): Promise<Prepared> {
  const { certificates } = options;
  const place = await placing("nginx", folder, [
    ["server 127.0.0.1:3000;", `server 127.0.0.1:${options.upstreamPort};`],
    ["listen 443 ssl;", `listen 127.0.0.1:${port} ssl;`],
    ["    listen [::]:443 ssl;\n", ""],
    ["/etc/nginx/tls/hub.example.crt", certificates.server.cert],
    ["/etc/nginx/tls/hub.example.key", certificates.server.key],
    ["proxy_read_timeout 60s", `proxy_read_timeout ${options.readTimeout ?? "60s"}`],
    ["http://thehub/$1$2", options.keepsPrefix === true ? "http://thehub/hub/$1$2" : "http://thehub/$1$2"],
  ]);
  await place("thehub.conf", "conf.d/thehub.conf");
  if (options.mtls === true) {
    const placeRules = await placing("nginx", folder, [["/etc/nginx/tls/client-ca.crt", certificates.ca]]);
    await placeRules("mtls.conf", "thehub.d/mtls.conf");
  }
  if (options.chatgpt !== undefined) {
    const { addresses, token } = options.chatgpt;
    const list = join(folder, "addresses.conf");
    await writeFile(list, addresses.map((address) => `allow ${address};\n`).join(""));
    const placeRules = await placing("nginx", folder, [
      ["/etc/nginx/thehub-chatgpt-addresses.conf", list],
      ["only-an-example-0123456789", token],
    ]);
    await placeRules("chatgpt.conf", "thehub.d/chatgpt.conf");
  }
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const main = join(folder, "nginx.conf");
  await writeFile(
    main,
    `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr notice;
events {}
http {
    access_log off;
    ${temporary.join("\n    ")}
    include conf.d/*.conf;
}
`,
  );
  const files = ["-p", folder, "-c", main, "-e", "stderr"];
  return { command: "nginx", check: ["-q", "-t", ...files], run: files, env: {}, ready: /start worker process / };
}

async function caddy(folder: string, port: number, options: ProxyOptions): Promise<Prepared> {
  const { certificates } = options;
  const place = await placing("caddy", folder, [
    ["read_timeout 60s", `read_timeout ${options.readTimeout ?? "60s"}`],
    ["rewrite * /{re.hub.1}", options.keepsPrefix === true ? "rewrite * /hub/{re.hub.1}" : "rewrite * /{re.hub.1}"],
  ]);
  await place("Caddyfile", "Caddyfile");
  if (options.mtls === true) await (await placing("caddy", folder, []))("mtls.caddy", "thehub.d/mtls.caddy");
  const files = ["--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"];
  return {
    command: "caddy",
    check: ["validate", ...files],
    run: ["run", ...files],
    env: {
      HOME: folder,
      HUB_DOMAIN: `${host}:${port}`,
      HUB_UPSTREAM: `127.0.0.1:${options.upstreamPort}`,
      HUB_CERTIFICATE: `${certificates.server.cert} ${certificates.server.key}`,
      HUB_CLIENT_CA: certificates.ca,
    },
    ready: /serving initial configuration/,
  };
}

/** Copies shipped files; each replacement must have something to replace. */
async function placing(
  kind: ProxyKind,
  folder: string,
  replacements: readonly (readonly [string, string])[],
): Promise<(from: string, to: string) => Promise<void>> {
  return async (from, to) => {
    let text = await readFile(join(root, "deploy/proxy", kind, from), "utf8");
    for (const [shipped, ours] of replacements) {
      assert.ok(text.includes(shipped), `${from} has ${shipped}`);
      text = text.replaceAll(shipped, ours);
    }
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    await writeFile(join(folder, to), text);
  };
}

/** Resolves at the first line that matches; rejects, with all lines, when the process ends before. */
function saying(child: ChildProcess, pattern: RegExp): Promise<void> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    assert.ok(child.stderr);
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      if (pattern.test(line)) resolve();
    });
    child.once("exit", () => reject(new Error(`it ended: ${said.slice(-20).join("\n")}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
