// What is read of a person's browser, before anything is known of who it is.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";
import { browserRequest } from "../../../src/doors/browser-request.ts";

test("pages for people: a form that is broken off is read as none", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const browser = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const type = "content-type: application/x-www-form-urlencoded";
  browser.write(`POST /oauth/start HTTP/1.1\r\nhost: hub\r\n${type}\r\ncontent-length: 100\r\n\r\nticket=1`);
  const [request] = await once(server, "request");
  const asked = browserRequest(request, "/oauth/start", undefined);
  browser.destroy();
  const { method, url, form } = await asked;
  assert.deepEqual([method, url, form], ["POST", "/oauth/start", undefined]);
  server.close();
});
