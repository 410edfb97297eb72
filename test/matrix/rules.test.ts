// Each rule at each door: no check can be passed by choosing another way in (docs/security.md).
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fixture, type HubProcess, program, startHub } from "../helpers/hub-process.ts";
import type { Message } from "../helpers/ws-client.ts";
import { type Approach, type House, type Inside, letIn, type Outside, type RuleDoor, ruleDoors } from "./rule-doors.ts";

/** Their tokens are made of their names. */
const tokenOf = (name: string): string => `the-token-of-${name}-0123456789`;
const digestOf = (name: string): string => createHash("sha256").update(tokenOf(name)).digest("hex");

const template = program("examples/cores/template/template-core.js");

const clients: Readonly<Record<string, string>> = {
  whole: "",
  denied: 'deny: ["vault.*"]',
  tagged: 'allow: ["#open"]',
  listed: 'allow: ["open.*"]',
  "tool-denied": 'deny: ["vault.echo"]',
  nothing: "allow: []",
  paced: "limits: { rate_limit_rps: 0.001 }",
  thrifty: "limits: { rate_limit_bytes: 1 }",
  reader: "read_only: true",
  loosely: `deny: ["loose.hidden"], arguments: { "loose.*": { properties: { text: { const: "x" } } } }`,
  worded: `arguments: { "*.echo": { properties: { text: { const: "x" } }, required: [text] } }`,
  elsewhere: "allow_ips: [192.0.2.0/24]",
  over: 'expires: "2020-01-01T00:00:00Z"',
};

let folder: string;
let hub: HubProcess;
let house: House;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-rules-"));
  const entries = Object.entries(clients).map(
    ([name, rules]) => `  ${name}: { token_sha256: ${digestOf(name)}${rules === "" ? "" : `, ${rules}`} }\n`,
  );
  hub = await startHub({
    manifest: `clients:\n${entries.join("")}cores:
  open:
    ${template}
    tags: [open]
  vault:
    ${template}
    resources: { uris: prefixed }
  writes:
    ${fixture("echo.mjs")}
  loose:
    ${fixture("loose.mjs")}
`,
    args: ["serve", "--listen", `127.0.0.1:0,unix:${join(folder, "hub.sock")}`],
  });
  house = { url: await hub.url(), socket: join(folder, "hub.sock") };
  await hub.logged("core_summary");
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const inside = (door: RuleDoor, name: string): Promise<Inside> => letIn(door, house, tokenOf(name));

async function outside(door: RuleDoor, approach: Approach): Promise<Outside> {
  const entered = await door.enter(house, approach);
  assert.equal(entered.t, "outside", `${door.name} let in who shows ${JSON.stringify(approach)}`);
  return entered as Outside;
}

/** With this status; or slowed, as wrong tokens came from this address at the doors before. */
function isRefused({ status }: Outside, as: number): boolean {
  return status === as || status === 429;
}

/** One operation on one thing, by what names it. */
interface Reach {
  readonly what: string;
  readonly of: (name: string) => readonly [method: string, params: object];
}

const call: Reach = { what: "call", of: (name) => ["tools/call", { name, arguments: { text: "x" } }] };
const prompt: Reach = { what: "prompt", of: (name) => ["prompts/get", { name, arguments: { name: "x" } }] };
const read: Reach = { what: "read", of: (uri) => ["resources/read", { uri }] };
const completion = (ref: (name: string) => object): Reach["of"] => {
  return (name) => ["completion/complete", { ref: ref(name), argument: { name: "language", value: "d" } }];
};
const ofPrompt: Reach = { what: "completion of a prompt", of: completion((name) => ({ type: "ref/prompt", name })) };
const ofTemplate: Reach = {
  what: "completion of a template",
  of: completion((uri) => ({ type: "ref/resource", uri })),
};

/** What the vault has, in every spelling, and the same with a Core that there is not. */
const hiddenThings: readonly (readonly [Reach, (ns: string) => string])[] = [
  [call, (ns) => `${ns}__echo`],
  [call, (ns) => `${ns}.echo`],
  [prompt, (ns) => `${ns}__greet`],
  [prompt, (ns) => `${ns}.greet`],
  [ofPrompt, (ns) => `${ns}__greet`],
  [read, (ns) => `${ns}+template://about`],
  [read, (ns) => `${ns}+template://greeting/bob`],
  [ofTemplate, (ns) => `${ns}+template://greeting/{name}`],
];

async function listed(client: Inside, method: string, key: string): Promise<readonly string[]> {
  const { result, error } = await client.request(method);
  assert.equal(error, undefined, JSON.stringify(error));
  return result[key].map((it: Record<string, string>) => it["name"] ?? it["uri"]);
}

const everything = [
  ["tools/list", "tools"],
  ["prompts/list", "prompts"],
  ["resources/list", "resources"],
  ["resources/templates/list", "resourceTemplates"],
] as const;

/** What an answer says, with the name that was asked for and the request's own id taken out. */
function said({ error, result }: Message, name: string): string {
  const { req_id: _, ...data } = error?.data ?? {};
  return JSON.stringify({ result, error: { ...error, data } }).replaceAll(name, "…");
}

for (const door of ruleDoors) {
  describe(door.name, () => {
    test(`rules at ${door.name}: without a token, or with a wrong one, nobody gets in`, async () => {
      const missing = await outside(door, {});
      const wrong = await outside(door, { token: "a-token-of-nobody-0123456789" });
      assert.equal(missing.status, 401);
      assert.ok(isRefused(wrong, 401), wrong.body);
      assert.doesNotMatch(missing.body + wrong.body, /vault|whole/);
    });

    test(`rules at ${door.name}: what is allowed is there, and works`, async () => {
      const client = await inside(door, "whole");
      for (const [method, key] of everything) {
        const text = JSON.stringify((await client.request(method)).result[key]);
        assert.match(text, /vault/, method);
      }
      for (const [{ what, of }, name] of hiddenThings) {
        const { error } = await client.request(...of(name("vault")));
        assert.equal(error, undefined, `${what} of ${name("vault")}: ${JSON.stringify(error)}`);
      }
      await client.leave();
    });

    for (const name of ["denied", "tagged", "listed", "nothing"]) {
      test(`rules at ${door.name}: for ${name}, what is hidden does not exist`, async () => {
        const client = await inside(door, name);
        for (const [method, key] of everything) {
          const names = await listed(client, method, key);
          assert.doesNotMatch(names.join(" "), /vault/, method);
        }
        for (const [{ what, of }, thing] of hiddenThings) {
          const [hidden, unknown] = [thing("vault"), thing("vaulx")];
          const one = await client.request(...of(hidden));
          const other = await client.request(...of(unknown));
          assert.equal(said(one, hidden), said(other, unknown), `${what} of ${hidden}`);
        }
        await client.leave();
      });
    }

    test(`rules at ${door.name}: a tool that is denied is gone, and the rest of its Core is there`, async () => {
      const client = await inside(door, "tool-denied");
      const tools = await listed(client, "tools/list", "tools");
      assert.ok(tools.includes("vault__add") && !tools.includes("vault__echo"), tools.join());
      const { error } = await client.request(...call.of("vault__echo"));
      const unknown = await client.request(...call.of("vault__echx"));
      assert.equal(said({ error } as Message, "vault__echo"), said(unknown, "vault__echx"));
      assert.equal((await client.request(...read.of("vault+template://about"))).error, undefined);
      await client.leave();
    });

    test(`rules at ${door.name}: for a read-only client a tool that may change something does not exist`, async () => {
      const client = await inside(door, "reader");
      const tools = await listed(client, "tools/list", "tools");
      assert.ok(tools.includes("vault__echo") && !tools.some((name) => name.startsWith("writes__")), tools.join());
      for (const name of ["writes__echo", "writes.echo"]) {
        const one = await client.request(...call.of(name));
        const other = await client.request(...call.of(name.replace("echo", "echx")));
        assert.equal(said(one, name), said(other, name.replace("echo", "echx")));
      }
      assert.equal((await client.request(...call.of("vault__echo"))).error, undefined);
      await client.leave();
    });

    test(`rules at ${door.name}: arguments that a rule does not allow are denied, in every spelling of the name`, async () => {
      const client = await inside(door, "worded");
      for (const name of ["vault__echo", "vault.echo"]) {
        assert.equal((await client.request(...call.of(name))).error, undefined);
        for (const args of [{ text: "y" }, {}, { text: ["x"] }, { text: "x", TEXT: "y" }]) {
          const { error } = await client.request("tools/call", { name, arguments: args });
          assert.equal(error?.data?.["code"], "denied", `${JSON.stringify(args)}: ${JSON.stringify(error)}`);
        }
      }
      assert.equal(
        (await client.request("tools/call", { name: "vault__add", arguments: { a: 1, b: 2 } })).error,
        undefined,
      );
      await client.leave();
    });

    test(`rules at ${door.name}: a Core that reads names in any letters is told nothing that was not judged`, async () => {
      const client = await inside(door, "loosely");
      const name = "loose__shown";
      const uri = "loose://shown";
      for (const [method, params] of [
        ["tools/call", { name, Name: "hidden" }],
        ["tools/call", { NAME: "hidden", name }],
        ["tools/call", { name, arguments: { text: "x" }, Arguments: { text: "y" } }],
        ["tools/call", { name, "argument\u017f": { text: "y" } }],
        ["prompts/get", { name, nAme: "hidden" }],
        ["resources/read", { uri, Uri: "loose://other" }],
        ["completion/complete", { ref: { type: "ref/prompt", name, Name: "hidden" } }],
      ] as const) {
        const { error, result } = await client.request(method, params);
        const isRefused = error?.code === -32600 || (method === "completion/complete" && error?.code === -32602);
        assert.ok(isRefused, `${method} ${JSON.stringify(params)}: ${JSON.stringify(error ?? result)}`);
      }
      const { result } = await client.request("tools/call", { name, arguments: { text: "x" } });
      assert.deepEqual(JSON.parse(result.content[0].text), { did: "shown", with: { text: "x" } });
      await client.leave();
    });

    test(`rules at ${door.name}: what an entry allows until a time that is over, nobody gets`, async () => {
      const over = await outside(door, { token: tokenOf("over") });
      assert.ok(isRefused(over, 401), over.body);
    });

    test(`rules at ${door.name}: from an address that is not the client's own nobody is it`, async () => {
      const entered = await door.enter(house, { token: tokenOf("elsewhere") });
      // Who may open a socket file is said by its mode: it has no address.
      if (door.name === "websocket by a socket file") {
        if (entered.t === "inside") await entered.leave();
        return;
      }
      assert.equal(entered.t, "outside", "let in");
      if (entered.t === "outside" && door.name !== "stdio by connect") assert.ok(isRefused(entered, 403), entered.body);
    });

    test(`rules at ${door.name}: bytes beyond the rate are a debt that the next calls wait for`, async () => {
      const client = await inside(door, "thrifty");
      await client.request(...call.of("open__echo"));
      const { error } = await client.request(...call.of("open__echo"));
      assert.equal(error?.data?.["code"], "overloaded", JSON.stringify(error));
      assert.equal(error?.data?.["limit"], "client");
      assert.ok(Number(error?.data?.["retry_after_ms"]) > 0);
      await client.leave();
    });

    test(`rules at ${door.name}: calls beyond the rate are refused, and told when to come back`, async () => {
      const client = await inside(door, "paced");
      // The first may have been taken at another door: it is one client, however it comes.
      await client.request(...call.of("open__echo"));
      const waits = Array.from({ length: 300 }, () => client.request(...call.of("open__echo")));
      const { error } = (await Promise.race(waits)) as Message;
      assert.equal(error?.data?.["code"] ?? error?.data?.["reason"], "overloaded", JSON.stringify(error));
      assert.ok(Number(error?.data?.["retry_after_ms"]) > 0, JSON.stringify(error));
      await client.leave();
    });

    if (door.name === "stdio by connect") return;

    test(`rules at ${door.name}: a token counts in its header alone, never in a URL or a subprotocol`, async () => {
      const token = tokenOf("whole");
      for (const query of [`?token=${token}`, `?access_token=${token}`, `?authorization=Bearer%20${token}`]) {
        assert.equal((await outside(door, { query })).status, 401, query);
      }
      if (door.name.startsWith("websocket")) {
        const encoded = Buffer.from(token).toString("base64url");
        for (const protocol of [token, `bearer.${encoded}`]) {
          assert.equal((await outside(door, { protocols: [protocol] })).status, 401);
        }
      }
      for (const header of ["x-api-key", "cookie", "x-authorization", "proxy-authorization"]) {
        assert.equal((await outside(door, { headers: { [header]: `Bearer ${token}` } })).status, 401, header);
      }
    });

    if (!door.isForPages) return;

    test(`rules at ${door.name}: no web page gets in by a foreign Origin or Host, with a token or without`, async () => {
      for (const headers of [
        { origin: "https://evil.example" },
        { origin: "null" },
        { host: "evil.example" },
        { host: "evil.example:3000" },
      ]) {
        for (const token of [undefined, tokenOf("whole")]) {
          const { status, body } = await outside(door, { token, headers: headers as Record<string, string> });
          assert.equal(status, 403, JSON.stringify(headers));
          assert.doesNotMatch(body, /vault/);
        }
      }
    });
  });
}
