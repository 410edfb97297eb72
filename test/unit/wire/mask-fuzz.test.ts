// Seeded random frames, compared with an oracle that looks at every byte for every pattern.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { flatten } from "../../../src/wire/frame.ts";
import { createMasker } from "../../../src/wire/mask.ts";
import { jsonPatterns, textPatterns } from "../../../src/wire/mask-patterns.ts";
import { type Random, seededRandom } from "../../helpers/seeded-random.ts";

const letters = ["a", "b", "n", "u", "0", "0", "1", "4", "\\", '"', "/", "é", "+", "<", " ", "~", "\n"];

function randomText(random: Random, length: number): string {
  let text = "";
  for (let at = 0; at < length; at++) text += random.pick(letters);
  return text;
}

function randomSecret(random: Random): string {
  if (random.below(4) === 0) return String(10_000_000 + random.below(90_000_000));
  return `${random.pick(["a", "n", "u", "1", "é"])}${randomText(random, 8 + random.below(12))}b`;
}

/** Text with secrets, pieces of secrets and their encodings in it. */
function salted(random: Random, secrets: readonly string[]): string {
  let text = "";
  for (let part = random.below(6); part >= 0; part--) {
    const secret = random.pick(secrets);
    const pieces = [
      secret,
      secret.slice(random.below(4)),
      secret.slice(0, -1 - random.below(3)),
      Buffer.from(random.pick(["", "x", "xy"]) + secret).toString(random.pick(["base64", "base64url"] as const)),
      encodeURIComponent(secret),
      JSON.stringify({ secret }),
      randomText(random, random.below(20)),
    ];
    text += random.pick(pieces);
  }
  return text;
}

function randomJson(random: Random, secrets: readonly string[], depth = 0): string {
  const kind = random.below(depth > 3 ? 3 : 6);
  if (kind === 0)
    return String(random.pick([...secrets.filter((s) => /^\d+$/.test(s)), "17", "-2.5e3", "true", "null"]));
  if (kind <= 2) {
    const written = JSON.stringify(salted(random, secrets));
    const escaped = random.below(2) === 0 ? written : written.replaceAll("/", "\\/").replaceAll("é", "\\u00e9");
    return random.below(3) === 0 ? escaped.replace("a", "\\u0061") : escaped;
  }
  const items: string[] = [];
  for (let count = random.below(5); count > 0; count--) items.push(randomJson(random, secrets, depth + 1));
  if (kind === 3) return `[${items.join(random.pick([",", " , "]))}]`;
  return `{${items.map((item, at) => `"${at}":${item}`).join(",")}}`;
}

/** Every byte's place in JSON, found by walking from the start. */
function places(json: Buffer): ("outside" | "character" | "inside-escape")[] {
  const found: ("outside" | "character" | "inside-escape")[] = [];
  let at = 0;
  let inString = false;
  while (at < json.length) {
    const char = String.fromCharCode(json[at] as number);
    if (!inString || char === '"') {
      if (char === '"') inString = !inString;
      found[at] = "outside";
      at += 1;
      continue;
    }
    const length = char !== "\\" ? 1 : json[at + 1] === 0x75 ? 6 : 2;
    for (let rest = 0; rest < length; rest++) found[at + rest] = rest === 0 ? "character" : "inside-escape";
    at += length;
  }
  return found;
}

function expected(json: Buffer, secrets: readonly string[]): Buffer {
  const out = Buffer.from(json);
  const place = places(json);
  for (const pattern of new Set(secrets.flatMap((secret) => jsonPatterns(secret)))) {
    for (let at = json.indexOf(pattern); at >= 0; at = json.indexOf(pattern, at + 1)) {
      if (place[at] === "inside-escape") continue;
      for (let spot = at; spot < at + pattern.length; spot++) {
        const digit = /\d/.test(String.fromCharCode(json[spot] as number));
        if (place[at] === "character") out[spot] = 0x2a;
        else if (digit) out[spot] = 0x31;
      }
    }
  }
  return out;
}

function split(random: Random, json: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  const largest = random.pick([1, 2, 9, 40, 4000, json.length]);
  for (let at = 0; at < json.length; ) {
    const size = 1 + random.below(random.below(3) === 0 ? 3 : largest);
    chunks.push(Buffer.from(json.subarray(at, at + size)));
    at += size;
  }
  return chunks;
}

test("mask: does what looking at every byte would do, on random frames in random chunks", () => {
  const random = seededRandom(20_241);
  for (let round = 0; round < 250; round++) {
    const secrets = Array.from({ length: 1 + random.below(5) }, () => randomSecret(random));
    const masker = createMasker();
    for (const secret of secrets) masker.add(new Secret(secret));
    for (let frames = 0; frames < 4; frames++) {
      const filler = JSON.stringify(randomText(random, random.pick([0, 10, 500, 6000])));
      const json = Buffer.from(`[${filler},${randomJson(random, secrets)},${filler},${randomJson(random, secrets)}]`);
      const wanted = expected(json, secrets).toString();
      const chunks = split(random, json);
      const masked = flatten(masker.maskFrame({ chunks, size: json.length })).toString();
      assert.equal(masked, wanted, `round ${round}, frame ${frames}`);
      JSON.parse(masked);
    }
  }
});

test("mask: leaves no secret in what a JSON writer wrote", () => {
  const random = seededRandom(77);
  for (let round = 0; round < 200; round++) {
    const secret = randomSecret(random);
    const masker = createMasker();
    masker.add(new Secret(secret));
    const value = { [salted(random, [secret])]: [salted(random, [secret]), { deep: salted(random, [secret]) }] };
    const bytes = Buffer.from(JSON.stringify(value));
    masker.maskFrame({ chunks: [bytes], size: bytes.length });
    const shown: string[] = [];
    JSON.parse(bytes.toString(), (key, inner: unknown) => {
      shown.push(key, typeof inner === "string" ? inner : "");
      return inner;
    });
    for (const text of shown) assert.ok(!text.includes(secret), `round ${round}`);
  }
});

test("mask: leaves no form of a secret in text", () => {
  const random = seededRandom(78);
  for (let round = 0; round < 150; round++) {
    const secrets = [randomSecret(random), randomSecret(random)];
    const masker = createMasker();
    for (const secret of secrets) masker.add(new Secret(secret));
    const masked = masker.maskText(salted(random, secrets));
    for (const pattern of secrets.flatMap((secret) => textPatterns(secret))) {
      assert.ok(!masked.includes(pattern.toString()), `round ${round}`);
    }
  }
});
