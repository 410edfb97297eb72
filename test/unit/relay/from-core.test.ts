import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import type { Lane } from "../../../src/relay/call.ts";
import { FromCore } from "../../../src/relay/from-core.ts";
import { flatten, frameOfText } from "../../../src/wire/frame.ts";
import { createMasker } from "../../../src/wire/mask.ts";
import { createScan, scan } from "../../../src/wire/scan.ts";
import { LogRecord } from "../../helpers/core-run.ts";

function scene(taken: string[]): (text: string) => void {
  const masker = createMasker();
  masker.add(new Secret("12345678"));
  const fromCore = new FromCore({
    calls: {
      answer: (_lane, frame, _scan, hubId) => taken.push(`answer ${hubId} ${flatten(frame)}`) > 0,
      progress: (_lane, _frame, _scan, hubId) => taken.push(`progress ${hubId}`) > 0,
    },
    log: new LogRecord().log,
    masker,
    dropped: (reason) => taken.push(`dropped ${reason}`),
    ownerOf: () => undefined,
    tasks: { status: () => false, progress: () => false },
    subscriptions: { changed: (_lane, uri) => taken.push(`changed ${uri}`) > 0 },
    taskNews: { changed: () => false },
    urls: { done: () => undefined },
    asks: {
      ask: (_lane, method, idText, { bytes }) => taken.push(`ask ${method} ${idText} ${bytes}`),
      cancelled: () => false,
    },
  });
  return (text) => {
    const frame = frameOfText(text);
    const record = createScan();
    assert.equal(scan(flatten(frame), record), undefined);
    fromCore.receive({ policy: {} } as Lane, frame, record);
  };
}

test("from core: an id that looks like a secret of digits still finds its call", () => {
  const taken: string[] = [];
  const receive = scene(taken);
  receive('{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":12345678,"progress":1}}');
  receive('{"jsonrpc":"2.0","id":12345678,"result":{"n":12345678}}');
  assert.deepEqual(taken, [
    "progress 12345678",
    'answer 12345678 {"jsonrpc":"2.0","id":11111111,"result":{"n":11111111}}',
  ]);
});

test("from core: what a Core asks under an id with a secret in it is answered under that id, and its uri is known again", () => {
  const taken: string[] = [];
  const receive = scene(taken);
  receive('{"jsonrpc":"2.0","id":"a-12345678","method":"roots/list","params":{"s":"12345678"}}');
  receive('{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"db://u:12345678@h"}}');
  const [asked, ...rest] = taken;
  assert.match(asked ?? "", /^ask roots\/list "a-12345678" .*"params":\{"s":"[^2]{8}"\}/);
  assert.deepEqual(rest, ["changed db://u:12345678@h"]);
});
