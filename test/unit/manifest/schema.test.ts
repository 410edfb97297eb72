import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  Client,
  ClientCertificate,
  ClientJwt,
  ClientSocket,
  ClientToken,
  Core,
  Hub,
  Issuer,
  OAuth,
  ToolOverride,
} from "../../../src/manifest/model.ts";
import { isDisabled, resolveCore, resolveHub } from "../../../src/manifest/resolve.ts";
import { resolveClient } from "../../../src/manifest/resolve-client.ts";
import { follow, manifestSchema, type SchemaNode } from "../../../src/manifest/schema.ts";
import { problemsOf } from "./load-text.ts";

const definition = (name: string): SchemaNode => manifestSchema.$defs?.[name] ?? {};

interface Key {
  readonly path: string;
  readonly node: SchemaNode;
}

/** Every key below a definition, `$ref`s to other definitions not followed. */
function keysBelow(node: SchemaNode, prefix = ""): Key[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, property]) => {
    const path = `${prefix}${key}`;
    return [{ path, node: property }, ...keysBelow(property, `${path}.`)];
  });
}

function supported(name: string): string[] {
  const isLeaf = ({ node }: Key) => node.properties === undefined;
  const isPlanned = ({ node }: Key) => node["x-planned"] !== undefined;
  return keysBelow(definition(name))
    .filter((key) => isLeaf(key) && !isPlanned(key))
    .map(({ path }) => path);
}

/** An empty value in which every map the schema knows is there, and which notes each key that is read. */
function recording<T>(name: string, read: Set<string>, values: Record<string, unknown> = {}): T {
  const make = (node: SchemaNode, prefix: string): unknown =>
    new Proxy(values, {
      get(target, key) {
        const path = `${prefix}${String(key)}`;
        read.add(path);
        const property = node.properties?.[String(key)];
        return property?.properties === undefined ? target[path] : make(property, `${path}.`);
      },
    });
  return make(definition(name), "") as T;
}

const origin = { key: "a", file: "hub.yaml", folder: "/" };

test("schema: every key is either read when the manifest is resolved or marked as planned", () => {
  const clientParts = ["client", "client_token", "client_certificate", "client_socket", "jwt"] as const;
  const names = ["hub", "issuer", ...clientParts, "core", "tool", "oauth"] as const;
  const read = Object.fromEntries(names.map((name) => [name, new Set<string>()])) as Record<
    (typeof names)[number],
    Set<string>
  >;
  const issuers = { "https://a": recording<Issuer>("issuer", read.issuer) };
  const hub = recording<Hub>("hub", read.hub, { "tls.cert": "c", "tls.key": "k", "auth.issuers": issuers });
  const jwt = recording<ClientJwt>("jwt", read.jwt, { issuer: "https://a" });
  const token = recording<ClientToken>("client_token", read.client_token);
  const certificate = recording<ClientCertificate>("client_certificate", read.client_certificate);
  const socket = recording<ClientSocket>("client_socket", read.client_socket, { path: "a" });
  const written = { token_sha256: "", tokens: [token], jwt, certificate, socket };
  const client = resolveClient("a", recording<Client>("client", read.client, written), "/");
  resolveHub(
    hub,
    "/",
    [client.jwt].flatMap((rule) => rule ?? []),
  );
  const tool = recording<ToolOverride>("tool", read.tool);
  const oauth = recording<OAuth>("oauth", read.oauth);
  const core = recording<Core>("core", read.core, { tools: { t: tool }, url: "https://a", "auth.oauth": oauth });
  resolveCore(core, origin);
  isDisabled(core);
  for (const name of names) {
    const unread = supported(name).filter((path) => !read[name].has(path));
    assert.deepEqual(unread, [], `${name}: nothing reads these keys`);
  }
});

test("schema: every planned key is an error that says what to do instead", async () => {
  const places: Record<string, (line: string) => string> = {
    hub: (line) => `cores: { a: { command: x } }\nhub:\n  ${line}\n`,
    client: (line) =>
      `cores: { a: { command: x } }\nclients:\n  c:\n    token_sha256: ${"a".repeat(64)}\n    ${line}\n`,
    core: (line) => `cores:\n  a:\n    command: x\n    ${line}\n`,
  };
  for (const [name, manifest] of Object.entries(places)) {
    for (const [key, node] of Object.entries(definition(name).properties ?? {})) {
      if (node["x-planned"] === undefined) continue;
      const [first = "", ...more] = await problemsOf(manifest(`${key}: { anything: 1 }`));
      assert.match(first, new RegExp(`error .*\\.${key}: not supported by this version yet`));
      assert.deepEqual(more, [], `${name}.${key}`);
      assert.ok(node["x-instead"], `${name}.${key} says what to do instead`);
    }
  }
  assert.match((await problemsOf("include: [a]\ncores: {}\n"))[0] ?? "", /1:1 error include: not supported/);
});

test("schema: every key has a description, and every map refuses keys it does not know", () => {
  const visit = (node: SchemaNode, path: string): void => {
    if (node.properties !== undefined) assert.equal(node.additionalProperties, false, `${path} is closed`);
    for (const [key, property] of Object.entries(node.properties ?? {})) {
      assert.ok(follow(property).description, `${path}.${key} has a description`);
      visit(property, `${path}.${key}`);
    }
  };
  visit(manifestSchema, "manifest");
  for (const [name, node] of Object.entries(manifestSchema.$defs ?? {})) visit(node, name);
});

test("schema: every default is legal under its own rule", async () => {
  const leaves = (name: string) => keysBelow(definition(name)).filter(({ node }) => node.default !== undefined);
  for (const { path, node } of leaves("core")) {
    const keys = path.split(".");
    const value = keys.reduceRight<unknown>((inside, key) => ({ [key]: inside }), node.default);
    const { container } = value as { container?: object };
    const what = container === undefined ? { command: "x" } : { container: { image: "x:1", ...container } };
    const manifest = { cores: { a: { ...(value as object), ...what } } };
    const found = await problemsOf(JSON.stringify(manifest));
    const own = node["x-planned"] !== undefined;
    assert.equal(found.length, own ? 1 : 0, found.join());
  }
  for (const { path, node } of leaves("hub")) {
    const value = path.split(".").reduceRight<unknown>((inside, key) => ({ [key]: inside }), node.default) as object;
    const { decision } = value as { decision?: object };
    const hub = decision === undefined ? value : { decision: { url: "http://127.0.0.1:8181/", ...decision } };
    assert.deepEqual(await problemsOf(JSON.stringify({ hub, cores: { a: { command: "x" } } })), []);
  }
});
