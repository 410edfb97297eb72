import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import type { Lane } from "../../../src/relay/call.ts";
import { FromCore } from "../../../src/relay/from-core.ts";
import { flatten, frameOfText } from "../../../src/wire/frame.ts";
import { createMasker } from "../../../src/wire/mask.ts";
import { createScan, scan } from "../../../src/wire/scan.ts";
import { LogRecord } from "../../helpers/core-run.ts";

test("from core: an id that looks like a secret of digits still finds its call", () => {
  const masker = createMasker();
  masker.add(new Secret("12345678"));
  const taken: string[] = [];
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
    subscriptions: { changed: () => false },
    taskNews: { changed: () => false },
    urls: { done: () => undefined },
    asks: { ask: () => {}, cancelled: () => false },
  });
  const receive = (text: string) => {
    const frame = frameOfText(text);
    const record = createScan();
    assert.equal(scan(flatten(frame), record), undefined);
    fromCore.receive({} as Lane, frame, record);
  };
  receive('{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":12345678,"progress":1}}');
  receive('{"jsonrpc":"2.0","id":12345678,"result":{"n":12345678}}');
  assert.deepEqual(taken, [
    "progress 12345678",
    'answer 12345678 {"jsonrpc":"2.0","id":11111111,"result":{"n":11111111}}',
  ]);
});
