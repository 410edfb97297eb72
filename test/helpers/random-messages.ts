// Random JSON-RPC messages, right and wrong, as text that is laid out in every way JSON allows.
import type { Random } from "./seeded-random.ts";

const atoms = [
  "0",
  "-1",
  "1.5e3",
  "1e400",
  "9007199254740993",
  "true",
  "false",
  "null",
  '""',
  '"x"',
  '"\\u0041\\n"',
  '"é😀"',
  '"\\ud800"',
];
const names = ["id", "name", "_meta", "a", "b", "i\\u0064", "progressToken", "method", "é", ""];

/** Keys that are one of the protocol's in other letters, or nearly: of the envelope, of params, of _meta. */
const likenesses = {
  envelope: [
    "Id",
    "ID",
    "i\\u0044",
    "Method",
    "PARAMS",
    "param\u017f",
    "re\\u017fult",
    "Error",
    "jsonRpc",
    "I d",
    "idé",
  ],
  params: [
    "Name",
    "NAM\\u0045",
    "Uri",
    "_Meta",
    "_META",
    "argument\u017f",
    "ta\u017f\u212a",
    "TaskID",
    "names",
    "Other",
    "nàme",
  ],
  meta: [
    "ProgressToken",
    "progre\u017f\u017fto\u212aen",
    "progressTo\\u006ben",
    "IO.modelcontextprotocol/x",
    "K",
    "\\u006b",
  ],
} as const;

function space(random: Random): string {
  return random.below(6) === 0 ? random.pick([" ", "\n", "\t", "\r\n", "  "]) : "";
}

/** Any JSON value; `depth` levels are open around it. */
export function value(random: Random, depth: number): string {
  const kind = depth > 4 ? 9 : random.below(10);
  const s = () => space(random);
  if (kind === 0) return `"${'text \\"é\\\\ '.repeat(random.below(30))}"`;
  if (kind === 1)
    return `"${"x".repeat(random.below(400))}${random.pick(["", "\\n", "\\u00e9"])}${"y".repeat(random.below(200))}"`;
  if (kind <= 3)
    return `[${s()}${Array.from({ length: random.below(5) }, () => value(random, depth + 1)).join(`${s()},${s()}`)}${s()}]`;
  if (kind <= 6)
    return object(
      random,
      Array.from({ length: random.below(5) }, () => [random.pick(names), value(random, depth + 1)]),
    );
  return random.pick(atoms);
}

/** An object of these members in any order. */
export function object(random: Random, entries: readonly (readonly [string, string])[]): string {
  const s = () => space(random);
  const shuffled = entries.map((entry) => ({ entry, at: random.next() })).sort((a, b) => a.at - b.at);
  return `{${s()}${shuffled.map(({ entry: [key, text] }) => `"${key}"${s()}:${s()}${text}`).join(`${s()},${s()}`)}${s()}}`;
}

/** A JSON-RPC message of any kind, now and then one that breaks a rule. */
export function message(random: Random): string {
  const entries: [string, string][] = [];
  const maybe = (odds: number, key: string, text: () => string) => {
    if (random.below(odds) > 0) entries.push([key, text()]);
  };
  const kind = random.below(3);
  maybe(30, "jsonrpc", () => (random.below(30) > 0 ? '"2.0"' : value(random, 4)));
  maybe(6, random.pick(["id", "id", "i\\u0064"]), () =>
    random.below(15) > 0 ? random.pick(["1", '"a"', "-5"]) : value(random, 4),
  );
  if (kind === 0) maybe(20, "result", () => value(random, 0));
  if (kind === 1) maybe(20, "error", () => object(random, [["code", "1"]]));
  if (kind === 2) {
    maybe(20, random.pick(["method", "m\\u0065thod"]), () =>
      random.below(20) > 0 ? '"tools/call"' : value(random, 4),
    );
    const inner: [string, string][] = [
      ["arguments", value(random, 1)],
      ["name", random.pick(atoms)],
    ];
    if (random.below(2) > 0)
      inner.push([
        "_meta",
        random.below(8) > 0
          ? object(random, [
              ["progressToken", random.pick(atoms)],
              ["k", "1"],
              ...(random.below(20) === 0 ? ([[random.pick(likenesses.meta), "1"]] as const) : []),
            ])
          : value(random, 3),
      ]);
    if (random.below(12) === 0) inner.push([random.pick(names), "1"]);
    if (random.below(20) === 0) inner.push([random.pick(likenesses.params), "1"]);
    maybe(4, "params", () => (random.below(20) > 0 ? object(random, inner) : value(random, 3)));
  }
  if (random.below(15) === 0) entries.push([random.pick(["id", "result", "method", "x", "jsonrpc"]), value(random, 4)]);
  if (random.below(20) === 0) entries.push([random.pick(likenesses.envelope), value(random, 4)]);
  return object(random, entries);
}

const noise = [
  0x00, 0x0a, 0x1f, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x3a, 0x5b, 0x5c, 0x5d, 0x65, 0x75, 0x7b, 0x7d, 0x80, 0xc3,
  0xff,
];

/** The bytes with up to three of them changed, put in or taken out, or cut short. */
export function mutate(random: Random, bytes: Buffer): Buffer {
  const copy = [...bytes];
  for (let count = random.below(3); count >= 0; count--) {
    const at = random.below(copy.length);
    const how = random.below(4);
    if (how === 0) copy[at] = random.pick(noise);
    else if (how === 1) copy.splice(at, 1);
    else if (how === 2) copy.splice(at, 0, random.pick(noise));
    else copy.length = at;
  }
  return Buffer.from(copy);
}
