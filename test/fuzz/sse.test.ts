import assert from "node:assert/strict";
import { test } from "node:test";
import { flatten } from "../../src/wire/frame.ts";
import { SseReader } from "../../src/wire/sse.ts";
import { type Random, seededRandom } from "../helpers/seeded-random.ts";

interface Heard {
  readonly events: string[];
  readonly lastId: string | undefined;
  readonly retryMs: number | undefined;
}

function hear(chunks: readonly Buffer[], maxBytes: number): Heard {
  const events: string[] = [];
  const reader = new SseReader(
    { maxBytes },
    {
      event: (type, data) => {
        assert.equal(
          data.size,
          data.chunks.reduce((sum, chunk) => sum + chunk.length, 0),
        );
        assert.ok(data.size <= maxBytes);
        const text = flatten(data).toString("latin1");
        if (data.isOneLine === true) assert.doesNotMatch(text, /[\r\n]/);
        events.push(`${type}|${text}`);
      },
      tooLarge: () => events.push("too large"),
    },
  );
  for (const chunk of chunks) reader.push(chunk);
  return { events, lastId: reader.lastId, retryMs: reader.retryMs };
}

/** The same, in the words of the standard: on the whole text, line by line. */
function reference(bytes: Buffer, maxBytes: number): Heard {
  const text = bytes.toString("latin1").replace(/^\xef\xbb\xbf/, "");
  const lines = text.split(/\r\n|\n|\r/);
  lines.pop();
  const events: string[] = [];
  let type = "";
  let data: string[] | undefined;
  let id: string | undefined;
  let lastId: string | undefined;
  let retryMs: number | undefined;
  for (const line of lines) {
    if (line === "") {
      lastId = id;
      if (data !== undefined) {
        const whole = data.join("\n");
        events.push(whole.length > maxBytes ? "too large" : `${type === "" ? "message" : type}|${whole}`);
      }
      type = "";
      data = undefined;
      continue;
    }
    const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "data") data = [...(data ?? []), value];
    else if (field === "event") type = value;
    else if (field === "id" && !value.includes("\0")) id = value === "" ? undefined : value;
    else if (field === "retry" && /^\d{1,9}$/.test(value)) retryMs = Number(value);
  }
  // One that is too large is said so before its end.
  if (data !== undefined && data.join("\n").length > maxBytes) events.push("too large");
  return { events, lastId, retryMs };
}

function cut(random: Random, bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = random.below(random.pick([2, 8, 200]));
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

const byByte = (bytes: Buffer): Buffer[] => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));

test("sse: any bytes at all are the same events in every chunking, those that the standard says", () => {
  const random = seededRandom(11);
  const ends = ["\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "\r\r"];
  const heads = ["data", "data:", "data: ", "event: ", "id: ", "id:", "retry: ", ":", ": ", "dat", "datax: ", "", " "];
  const values = ["", "x", "{}", "12", "\0", "é", "a:b", " ", "xxxxxxxxxxxxxxxxxxxxxx", "ping", "\xef", "\xef\xbb\xbf"];
  const starts = ["", "", "\xef\xbb\xbf", "\xef", "\xef\xbb", "\n"];
  for (let round = 0; round < 4000; round++) {
    const line = () => random.pick(heads) + random.pick(values) + random.pick(ends);
    const text = random.pick(starts) + Array.from({ length: random.below(14) }, line).join("") + random.pick(values);
    const bytes = Buffer.from(text, "latin1");
    const maxBytes = random.pick([3, 20, 1000]);
    // What is unfinished may be too large already, where the rest of its line is not there yet.
    const expected = reference(bytes, maxBytes);
    const whole = hear([bytes], maxBytes);
    const said = JSON.stringify(text);
    assert.deepEqual(hear(byByte(bytes), maxBytes), whole, said);
    assert.deepEqual(hear(cut(random, bytes), maxBytes), whole, said);
    if (whole.events.at(-1) === "too large" && expected.events.at(-1) !== "too large") whole.events.pop();
    assert.deepEqual(whole, expected, said);
  }
});
