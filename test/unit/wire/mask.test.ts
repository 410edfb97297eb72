import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { type Frame, flatten, frameOfText } from "../../../src/wire/frame.ts";
import { createMasker, type Masker } from "../../../src/wire/mask.ts";
import { isMaskable } from "../../../src/wire/mask-patterns.ts";

const alnum = "hunter2hunter2-correct-horse";
const odd = 'p"a\\s/s é<w>+ö&rd\n';

function maskerFor(...secrets: string[]): Masker {
  const masker = createMasker();
  for (const secret of secrets) masker.add(new Secret(secret));
  return masker;
}

/** A frame in chunks of `size` bytes, each a buffer of its own. */
function chunked(json: string, size: number): Frame {
  const bytes = Buffer.from(json);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(Buffer.from(bytes.subarray(at, at + size)));
  return { chunks, size: bytes.length };
}

function maskedFrame(masker: Masker, json: string): string {
  const text = flatten(masker.maskFrame(frameOfText(json))).toString();
  for (const size of [1, 3, 7, 64, 1000]) {
    assert.equal(flatten(masker.maskFrame(chunked(json, size))).toString(), text, `in chunks of ${size}`);
  }
  assert.equal(Buffer.byteLength(text), Buffer.byteLength(json));
  JSON.parse(text);
  return text;
}

test("mask: overwrites a plain secret with as many stars, wherever the chunks end", () => {
  const masker = maskerFor(alnum);
  const text = maskedFrame(masker, JSON.stringify({ result: { text: `key ${alnum}!`, more: [alnum, "x"] } }));
  const stars = "*".repeat(alnum.length);
  assert.equal(text, JSON.stringify({ result: { text: `key ${stars}!`, more: [stars, "x"] } }));
  assert.ok(masker.masked >= 2);
});

test("mask: finds a secret across the seam of large chunks", () => {
  const masker = maskerFor(alnum);
  const json = JSON.stringify({ text: "x".repeat(5000) + alnum + "y".repeat(5000) });
  const border = json.indexOf(alnum);
  for (let into = 1; into < alnum.length; into++) {
    const bytes = Buffer.from(json);
    const at = border + into;
    const frame = { chunks: [bytes.subarray(0, at), bytes.subarray(at)], size: bytes.length };
    masker.maskFrame(frame);
    assert.equal(bytes.toString(), json.replace(alnum, "*".repeat(alnum.length)));
  }
});

test("mask: handles a number at a seam that holds a shorter secret before it", () => {
  const masker = maskerFor("12345678", "9912345678999999");
  const bytes = Buffer.from(`["${"x".repeat(5000)}",9912345678999999,"${"x".repeat(5000)}"]`);
  const at = bytes.indexOf("99999,");
  const frame = { chunks: [bytes.subarray(0, at), bytes.subarray(at)], size: bytes.length };
  masker.maskFrame(frame);
  assert.equal(bytes.subarray(5003, 5022).toString(), ',1111111111111111,"');
});

test("mask: keeps the same frame and its buffers", () => {
  const masker = maskerFor(alnum);
  const frame = frameOfText(JSON.stringify([alnum]));
  const [buffer] = frame.chunks;
  assert.equal(masker.maskFrame(frame), frame);
  assert.equal(frame.chunks[0], buffer);
});

const writers: Record<string, (text: string) => string> = {
  javascript: (text) => JSON.stringify(text),
  "escaped slashes": (text) => JSON.stringify(text).replaceAll("/", "\\/"),
  "ascii only": (text) => hex(JSON.stringify(text), /[^ -~]/g, false),
  "ascii only, capital digits": (text) => hex(JSON.stringify(text), /[^ -~]/g, true),
  php: (text) => hex(JSON.stringify(text).replaceAll("/", "\\/"), /[^ -~]/g, false),
  go: (text) => hex(JSON.stringify(text), /[<>&]/g, false),
  dotnet: (text) => {
    const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', "\\u0022");
    return `"${hex(inner, /[<>&'+`]|[^ -~]/g, true)}"`;
  },
};

function hex(json: string, what: RegExp, capital: boolean): string {
  return json.replace(what, (char) => {
    const digits = char.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${capital ? digits.toUpperCase() : digits}`;
  });
}

for (const [name, write] of Object.entries(writers)) {
  test(`mask: knows how JSON is written (${name}), also inside a string of JSON`, () => {
    const masker = maskerFor(odd);
    const secret = odd.trim();
    const once = maskedFrame(masker, `{"a":${write(`<${secret}>`)}}`);
    assert.match((JSON.parse(once) as { a: string }).a, /^<\*+>$/);
    const inner = `{"b":${write(`(${secret})`)}}`;
    const twice = maskedFrame(masker, `{"a":${write(inner)}}`);
    assert.match((JSON.parse((JSON.parse(twice) as { a: string }).a) as { b: string }).b, /^\(\*+\)$/);
  });
}

test("mask: finds URL-encoded forms", () => {
  const masker = maskerFor(odd);
  const secret = odd.trim();
  const component = encodeURIComponent(secret);
  const forms = [
    component,
    component.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams({ q: secret }).toString().slice(2),
    encodeURI(secret),
  ];
  for (const form of forms) {
    const text = maskedFrame(masker, JSON.stringify({ url: `https://x.example/?k=${form}&z=1` }));
    assert.match(text, /\?k=\*+&z=1"/, form);
  }
});

test("mask: finds base64 and base64url at every alignment", () => {
  const masker = maskerFor("user~~>>??key??>>~~0123");
  for (const before of ["", "a", "ab", "abc", "user:"]) {
    const bytes = Buffer.from(`${before}user~~>>??key??>>~~0123!`);
    for (const encoding of ["base64", "base64url"] as const) {
      const encoded = bytes.toString(encoding);
      for (const written of [encoded, encoded.replaceAll("/", "\\/"), encoded.replaceAll("+", "\\u002B")]) {
        const text = maskedFrame(masker, `{"h":"Basic ${written}"}`);
        const shown = (JSON.parse(text) as { h: string }).h.replace("Basic ", "").replaceAll("*", "");
        assert.ok(shown.length <= before.length * 2 + 6, `${encoded} -> ${text}`);
      }
    }
  }
});

test("mask: leaves a match alone that begins inside an escape sequence", () => {
  const masker = maskerFor("nabcdefghij", "u0041bcdefg", "0041bcdefgh", "041bcdefghi", "41bcdefghij", "1bcdefghijk");
  for (const json of ['["\\nabcdefghij"]', '["\\u0041bcdefghijkl"]', '["\\\\\\u0041bcdefghijkl"]']) {
    assert.equal(maskedFrame(masker, json), json);
  }
});

test("mask: takes a match after escaped backslashes and after complete escapes", () => {
  const masker = maskerFor("nabcdefghij", "u0041bcdefg", "1bcdefghijk");
  assert.equal(maskedFrame(masker, '["\\\\nabcdefghij"]'), '["\\\\***********"]');
  assert.equal(maskedFrame(masker, '["\\\\u0041bcdefg"]'), '["\\\\***********"]');
  assert.equal(maskedFrame(masker, '["\\\\\\nnabcdefghij"]'), '["\\\\\\n***********"]');
  assert.equal(maskedFrame(masker, '["\\u00e91bcdefghijk"]'), '["\\u00e9***********"]');
});

test("mask: turns the digits of a number into ones, and stars only what is in a string", () => {
  const masker = maskerFor("12345678", "0.25e+10");
  const json = '{"12345678":[12345678,-12345678.5,"12345678",0.25e+10,"0.25e+10"],"q\\"12345678":9123456789}';
  const masked = '{"********":[11111111,-11111111.5,"********",1.11e+11,"********"],"q\\"********":9111111119}';
  assert.equal(maskedFrame(masker, json), masked);
});

test("mask: overwrites overlapping matches whole", () => {
  const masker = maskerFor("aaaaaaaa", "abcabcabc", "cabcabcab", "abcabcabcXYZ");
  assert.equal(maskedFrame(masker, `["${"a".repeat(21)}"]`), `["${"*".repeat(21)}"]`);
  assert.equal(maskedFrame(masker, '["-abcabcabcabcXYZ-"]'), '["-***************-"]');
});

test("mask: counts uses of a value and forgets it after the last", () => {
  const masker = createMasker();
  const json = JSON.stringify([alnum]);
  const removeFirst = masker.add(new Secret(alnum));
  const removeSecond = masker.add(new Secret(alnum));
  removeFirst();
  removeFirst();
  assert.equal(masker.active, true);
  assert.notEqual(maskedFrame(masker, json), json);
  removeSecond();
  assert.equal(masker.active, false);
  assert.equal(maskedFrame(masker, json), json);
});

test("mask: ignores values under eight bytes", () => {
  const masker = maskerFor("1234567", "   abc   ");
  assert.equal(masker.active, false);
  assert.equal(isMaskable("1234567"), false);
  assert.equal(isMaskable("éééé"), true);
});

test("mask: overwrites secrets in plain text, bare or encoded, and a key file line by line", () => {
  const key = `-----BEGIN KEY-----\n${"MIIabcdefgh0123456789".repeat(2)}\n${"Zyxwvutsrq9876543210".repeat(2)}\n-----END KEY-----\n`;
  const masker = maskerFor(odd, key);
  assert.match(masker.maskText(`boom: ${odd.trim()} at`), /^boom: \*+ at$/);
  assert.match(masker.maskText(`boom: ${JSON.stringify(odd.trim())} at`), /^boom: "\*+" at$/);
  assert.match(masker.maskText(`  ${"MIIabcdefgh0123456789".repeat(2)}`), /^ {2}\*+$/);
  assert.equal(masker.maskText("-----BEGIN KEY-----"), "-----BEGIN KEY-----");
  assert.equal(maskerFor("nabcdefghij").maskText("\\nabcdefghij"), "\\***********");
});

test("mask: keeps a log line valid JSON", () => {
  const masker = maskerFor("nabcdefghij", "12345678");
  const line = '{"n":12345678,"text":"\\nabcdefghij nabcdefghij"}';
  assert.equal(masker.maskJson(line), '{"n":11111111,"text":"\\nabcdefghij ***********"}');
});

test("mask: asks in linear time about a long run of backslashes", () => {
  const masker = maskerFor("\\".repeat(8));
  const json = `["${"\\".repeat(400_000)}"]`;
  const text = flatten(masker.maskFrame(frameOfText(json))).toString();
  assert.equal(text, `["${"*".repeat(400_000)}"]`);
});
