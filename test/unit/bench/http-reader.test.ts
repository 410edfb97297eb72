import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpReader } from "../../../bench/parts/http-reader.ts";

/** What was read of `bytes` when they come in pieces of `size`. */
function read(text: string, size: number): string[] {
  const said: string[] = [];
  const reader = new HttpReader(
    {
      message: (bytes, start, end) => said.push(bytes.toString("utf8", start, end)),
      long: ({ whole }) => said.push(whole?.toString("utf8") ?? "nothing kept"),
      ended: ({ status, keepsAlive }) => said.push(`${status} ${keepsAlive ? "stays" : "closes"}`),
      refused: (reason) => said.push(reason),
    },
    () => true,
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    reader.push(piece, piece.length);
  }
  assert.equal(reader.isIdle || reader.finish(), true);
  return said;
}

const json = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"id":1}';
const chunked = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
const events = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

const cases: readonly [string, string, readonly string[]][] = [
  ["JSON with its length", json + json, ['{"id":1}', "200 stays", '{"id":1}', "200 stays"]],
  [
    "JSON in chunks",
    `${chunked}3\r\n{"i\r\n5\r\nd":1}\r\n0\r\n\r\n${json}`,
    ['{"id":1}', "200 stays", '{"id":1}', "200 stays"],
  ],
  [
    "events, one of them over two chunks, beside comments, ids and empty data",
    `${events}17\r\n: x\nid: 1-0\ndata: \n\ndat\r\n9\r\na: {"id":\r\n4\r\n1}\n\n\r\n0\r\n\r\n${json}`,
    ['{"id":1}', "200 stays", '{"id":1}', "200 stays"],
  ],
  [
    "an answer without a body",
    `HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n${json}`,
    ["202 stays", '{"id":1}', "200 stays"],
  ],
  [
    "an end that is the connection's",
    'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"id":1}',
    ['{"id":1}', "200 closes"],
  ],
  [
    "a refusal in words",
    "HTTP/1.1 413 Too Large\r\ncontent-length: 16\r\n\r\n<b>no\n way</b> .",
    ["status 413: no way .", "413 stays"],
  ],
];

for (const [what, text, expected] of cases) {
  test(`bench http reader: reads ${what}, wherever it is cut`, () => {
    for (let size = 1; size <= text.length; size++) assert.deepEqual(read(text, size), expected, `pieces of ${size}`);
  });
}
