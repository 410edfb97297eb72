import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { root } from "../../helpers/hub-process.ts";

const shipped = (file: string) => readFileSync(join(root, "deploy/proxy", file), "utf8");
const yaml = (file: string) => parse(shipped(`traefik/${file}`));

/** What each file lets through: the one regular expression that starts with the prefix. */
function allowed(text: string): string[] {
  return [...text.matchAll(/\^\(\?:\/hub\S*?\$(?=[\s'`])/g)].map(([pattern]) => pattern);
}

test("proxy files: all three let the same paths through", () => {
  const patterns = ["nginx/thehub.conf", "caddy/Caddyfile", "traefik/dynamic/thehub.yml"].flatMap((file) =>
    allowed(shipped(file)),
  );
  assert.equal(patterns.length, 4, "one in each, and Traefik's second one that takes the prefix off");
  assert.equal(new Set(patterns).size, 1);
  const pattern = new RegExp(patterns[0] ?? "");
  const doors = {
    "": "/",
    "/": "/",
    "/mcp": "/mcp",
    "/mcp/": "/mcp",
    "/ws": "/ws",
    "/sse": "/sse",
    "/mcp/p/claude-code": "/mcp/p/claude-code",
    "/ws/p/claude/": "/ws/p/claude",
    "/sse/p/x2": "/sse/p/x2",
    "/messages": "/messages",
    "/oauth/authorize/a_b-c": "/oauth/authorize/a_b-c",
    "/oauth/client-metadata.json": "/oauth/client-metadata.json",
    "/.well-known/oauth-protected-resource/mcp/p/claude": "/.well-known/oauth-protected-resource/mcp/p/claude",
  };
  for (const [path, expected] of Object.entries(doors)) {
    assert.equal(`/hub${path}`.replace(pattern, "/$1$2"), expected, path);
  }
  for (const place of ["oauth-authorization-server", "oauth-protected-resource", "openid-configuration"]) {
    const path = `/.well-known/${place}/hub/mcp`;
    assert.equal(path.replace(pattern, "/$1$2"), path);
    assert.doesNotMatch(`/.well-known/${place}/other`, pattern);
  }
  for (const path of [
    "/metrics",
    "/api",
    "/ui",
    "/healthz",
    "/livez",
    "/readyz",
    "/mcp/metrics",
    "/mcp/p",
    "/mcp/p/",
    "/mcp/p/a/b",
    "/mcp/p/A",
    "/mcp/p/..",
    "/messages/p/claude",
    "/p/claude",
    "/mcpx",
    "x",
    "/MCP",
    "/oauth/",
    "/oauth/a/b/c",
    "/oauth/../api",
    "/.well-known/security.txt",
  ]) {
    assert.doesNotMatch(`/hub${path}`, pattern);
    assert.doesNotMatch(path, pattern);
  }
});

test("proxy files: limits are the same in all that can say them", () => {
  const nginx = shipped("nginx/thehub.conf");
  const caddy = shipped("caddy/Caddyfile");
  assert.match(nginx, /client_max_body_size 10m;/);
  assert.match(caddy, /max_size 10MiB/);
  assert.match(nginx, /proxy_read_timeout 60s;/);
  assert.match(caddy, /\bread_timeout 60s/);
  assert.match(nginx, /large_client_header_buffers 2 8k;/);
  assert.match(caddy, /max_header_size 16KiB/);
  assert.equal(yaml("traefik.yml").entryPoints.websecure.http.maxHeaderBytes, 16 * 1024);
});

test("proxy files: whatever Traefik's router names is there, with and without client certificates", () => {
  const entry = yaml("traefik.yml");
  const { http } = yaml("dynamic/thehub.yml");
  const { thehub: router } = http.routers;
  for (const point of router.entryPoints) assert.ok(entry.entryPoints[point], point);
  for (const middleware of router.middlewares) assert.ok(http.middlewares[middleware], middleware);
  const balancer = http.services[router.service].loadBalancer;
  assert.ok(http.serversTransports[balancer.serversTransport]);
  assert.ok(entry.certificatesResolvers[router.tls.certResolver]);
  const plain = yaml("dynamic/tls.yml").tls.options[router.tls.options];
  const { clientAuth, ...same } = yaml("dynamic/mtls.yml").tls.options[router.tls.options];
  assert.deepEqual(same, plain, "the files differ in client certificates only");
  assert.equal(clientAuth.clientAuthType, "RequireAndVerifyClientCert");
  assert.equal(entry.api, undefined, "no dashboard");
  assert.equal(entry.entryPoints.websecure.forwardedHeaders, undefined, "nobody is believed");
});
