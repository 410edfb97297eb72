// A Core of which each person has an account of their own, by what they showed the hub: nobody signs in twice, and the Core never sees a token
// that is for the hub.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startAuthorizationServer } from "../helpers/authorization-server.ts";
import { startHub } from "../helpers/hub-process.ts";
import { thehub } from "../helpers/thehub.ts";
import { TokenIssuer } from "../helpers/token-issuer.ts";
import { WsClient } from "../helpers/ws-client.ts";

const secret = "the-secret-of-the-hub-0123456789";

test("token exchange: each person has an account of their own at the Core, made of the token that the hub was shown", async () => {
  await using server = await startAuthorizationServer();
  server.mcp.isPersonal = true;
  server.clients.set("hub", { secret, redirectUris: [] });
  await using issuer = await TokenIssuer.open({ clock: { wall: () => Date.now() } });
  const oauth = { grant: "token-exchange", client_id: "hub", client_secret: "EXCHANGE", issuer: server.issuer };
  const wiki = {
    url: server.coreUrl,
    allow_private: true,
    credentials: "per-user",
    isolation: "session",
    auth: { oauth },
    health: { restart_backoff_ms: 50 },
  };
  const manifest = JSON.stringify({
    hub: { public_url: "https://hub.example", auth: { issuers: { [issuer.url]: {} } } },
    clients: { eng: { jwt: { issuer: issuer.url } } },
    cores: { wiki },
  });
  await using hub = await startHub({ manifest, env: { HUB_SECRET_EXCHANGE: secret, HUB_LOG_LEVEL: "debug" } });
  const token = async (sub: string) => {
    const signed = await issuer.token("https://hub.example/mcp", { sub });
    server.subjects.add(signed);
    return signed;
  };
  const enter = async (signed: string) => WsClient.connect(await hub.wsUrl(), { authorization: `Bearer ${signed}` });
  const accountOf = async (client: WsClient) => {
    const { result, error } = await client.call("wiki__look");
    return String(result?.content[0].text ?? error?.message);
  };

  const [anns, bobs] = [await token("ann"), await token("bob")];
  const [ann, again, bob] = [await enter(anns), await enter(anns), await enter(bobs)];
  const accounts = await Promise.all([ann, again, bob].map(accountOf));
  assert.match(String(accounts[0]), /^look of account-\d$/);
  assert.equal(accounts[1], accounts[0], "two sessions of a person are one account");
  assert.match(String(accounts[2]), /^look of account-\d$/);
  assert.notEqual(accounts[2], accounts[0]);
  assert.deepEqual(server.mcp.crossed, []);
  const exchanged = server.asked("/token").map(({ parameters }) => parameters["subject_token"]);
  assert.deepEqual(exchanged.toSorted(), [anns, bobs].toSorted(), "one exchange for each person");

  // Of whom the provider knows nothing.
  const stranger = await enter(await issuer.token("https://hub.example/mcp", { sub: "cid" }));
  assert.doesNotMatch(await accountOf(stranger), /^look/);

  const seen = JSON.stringify(server.seen.filter(({ path }) => path !== "/token"));
  const said = hub.logs.map((line) => JSON.stringify(line)).join("\n");
  for (const signed of [anns, bobs]) {
    assert.ok(!seen.includes(signed.slice(-40)), "the hub's tokens go to nobody else");
    assert.ok(!said.includes(signed.slice(-40)), "nor into the log");
  }
  await Promise.all([ann, again, bob, stranger].map((client) => client[Symbol.asyncDispose]()));
  const told = await thehub(["login", "wiki", "--manifest", `${hub.folder}/hub.yaml`], {
    HUB_SECRET_EXCHANGE: secret,
  });
  assert.equal(told.code, 2);
  assert.match(told.stderr, /there is nothing to sign in to/);
});
