// HTTP for discovery and tokens, against servers that mean no good.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent, createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createPlainServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../../src/base/clock.ts";
import { createFetch, type Fetch, fetchHead } from "../../../src/logins/fetch.ts";
import { makeCertificates } from "../../helpers/certificates.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { everywhere, loginScene } from "../../helpers/login-scene.ts";

async function withServer(listener: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const open: Fetch = createFetch({ clock: systemClock, reach: everywhere });

test("fetch: an address that may not be asked is not asked, by whatever name", async () => {
  const seen: string[] = [];
  await withServer(
    (request, response) => {
      seen.push(request.url ?? "");
      response.end();
    },
    async (url) => {
      const reach = { refuses: (address: string) => `${address} is private` };
      const guarded = createFetch({ clock: systemClock, reach });
      for (const host of ["127.0.0.1", "localhost"]) {
        await assert.rejects(guarded(url.replace("127.0.0.1", host)), (error: Error) => {
          return error instanceof TypeError && / is private$/.test(error.message);
        });
      }
    },
  );
  assert.deepEqual(seen, []);
});

test("fetch: tokens go over https only, except on this machine and to the Core itself", async () => {
  await assert.rejects(open("http://login.example/token"), /tokens go over https only/);
  await assert.rejects(open("ftp://127.0.0.1/token"), /neither https nor http/);
  const toCore = createFetch({
    clock: systemClock,
    reach: { refuses: () => "far" },
    plainOrigin: "http://10.1.2.3:8080",
  });
  await assert.rejects(toCore("http://10.1.2.3:8080/mcp"), /not asked: far/);
});

test("fetch: an answer that does not end, or is too long, is cut off", async () => {
  await withServer(
    (request, response) => {
      if (request.url === "/slow") return void response.write("{");
      const chunk = Buffer.alloc(64 * 1024, 32);
      const more = () => {
        while (response.write(chunk)) if (response.destroyed) return;
        response.once("drain", more);
      };
      more();
    },
    async (url) => {
      await assert.rejects(open(`${url}/long`), /longer than 1048576 bytes/);
      const clock = new FakeClock();
      const slow = createFetch({ clock, reach: everywhere })(`${url}/slow`);
      clock.advance(15_000);
      await assert.rejects(slow, /no whole answer within 15 s/);
    },
  );
});

test("fetch: a status that no answer can have is a failure, and ends nothing else", async () => {
  for (const status of ["999", "600", "101", "099"]) {
    const server = createPlainServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(`HTTP/1.1 ${status} Odd\r\ncontent-length: 2\r\n\r\n{}`));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
      const failed = (error: Error) => error instanceof TypeError && error.message.startsWith(`${url}: `);
      await assert.rejects(open(url), failed, status);
      await assert.rejects(fetchHead(new URL(url), {}, { clock: systemClock, reach: everywhere }), failed, status);
    } finally {
      server.close();
    }
  }
});

test("fetch: what it says of a failure has no query in it", async () => {
  await withServer(
    (request) => void request.socket.destroy(),
    async (url) => {
      await assert.rejects(open(`${url}/token?code=secret-code`), (error: Error) => {
        return error.message.startsWith(`${url}/token: `) && !error.message.includes("secret-code");
      });
    },
  );
});

test("fetch: goes another way where there is one", async () => {
  const agent = new Agent({ keepAlive: true });
  const used = once(agent, "free");
  await withServer(
    (_request, response) => response.end("{}"),
    async (url) => {
      const around = createFetch({ clock: systemClock, reach: everywhere, agent: () => agent });
      assert.equal((await around(`${url}/token`)).status, 200);
      await used;
    },
  );
  agent.destroy();
});

test("fetch: an authority of the Core's own counts beside those that Node knows", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-fetch-"));
  const { ca, server: pair } = makeCertificates(folder, "localhost");
  const [cert, key, authority] = await Promise.all([pair.cert, pair.key, ca].map((file) => readFile(file, "utf8")));
  const server = createSecureServer({ cert, key }, (_request, response) => response.end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    await assert.rejects(open(url), /UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
    const trusting = createFetch({ clock: systemClock, reach: everywhere, ca: authority });
    assert.equal((await trusting(url)).status, 200);
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  }
});

test("discovery: a redirect to another origin is not followed, with tokens or without", async () => {
  const stolen: string[] = [];
  await withServer(
    (request, response) => {
      stolen.push(request.url ?? "");
      response.end("{}");
    },
    async (url) => {
      await using scene = await loginScene();
      for (const path of ["/register", "/token"]) {
        scene.server.switches.redirects = { [path]: `${url}${path}` };
        await assert.rejects(scene.signIn(), { code: "login_failed" });
      }
      // Its own endpoints are taken to be where they are without a description.
      const path = "/.well-known/oauth-authorization-server";
      scene.server.switches.redirects = { [path]: `${url}${path}` };
      assert.equal((await scene.signIn()).issuer, scene.server.issuer);
    },
  );
  assert.deepEqual(stolen, []);
});
