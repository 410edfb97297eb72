// The forms in which a secret may show up in bytes: as it is, escaped by JSON writers, URL-encoded, in base64. Only spells
// them out; mask-search.ts finds them and mask.ts decides what is overwritten.

/** Shorter values and forms would be found where nobody meant them. */
const minPatternBytes = 8;

/** Lines of a secret in text are looked for one by one from this length on: a key file is printed line by line. */
const minLineBytes = 16;

/** How a JSON writer spells a string, beyond what every one must escape: quote, backslash and control characters. */
interface Spelling {
  /** Escaped as well. */
  readonly also: string;
  readonly asciiOnly: boolean;
  readonly hex: "lower" | "upper";
  /** Spelled in hex although there is a shorter escape. */
  readonly alwaysHex: string;
}

const plain: Spelling = { also: "", asciiOnly: false, hex: "lower", alwaysHex: "" };

/**
 * The JSON writers of this world. Those that differ only in characters a secret does not have come to the same bytes, so
 * most secrets end up with one form.
 */
const jsonSpellings: readonly Spelling[] = [
  plain,
  { ...plain, hex: "upper" },
  { ...plain, also: "/" },
  { ...plain, also: "/", hex: "upper" },
  // Python, and others with capital digits; PHP, which escapes the slash too.
  { ...plain, asciiOnly: true },
  { ...plain, asciiOnly: true, hex: "upper" },
  { ...plain, asciiOnly: true, also: "/" },
  { ...plain, asciiOnly: true, also: "/", hex: "upper" },
  // Safe inside HTML: Go's encoding/json.
  { ...plain, also: "<>&\u2028\u2029" },
  // .NET's System.Text.Json.
  { asciiOnly: true, hex: "upper", also: "<>&'+`", alwaysHex: '"' },
];

/** Unescaped bytes of the URL encoders besides letters and digits. */
const urlUnescaped: readonly string[] = ["-_.!~*'()", "-_.~", "-_.~/", "-_.*", "-_.", "-_.!~*'();/?:@&=+$,#"];

/** Text that no encoder and no JSON writer spells in another way: nearly every token is of such characters, and long. */
const alwaysBare = /^[\w.-]*$/;

/** Forms for JSON text: each is legal inside a JSON string and begins and ends between two of its characters. */
export function jsonPatterns(secret: string): Buffer[] {
  const found = new Set<string>();
  for (const form of encodedForms(secret)) {
    for (const spell of jsonSpellings) {
      const once = spellOut(form, spell);
      found.add(once);
      // JSON inside a string of JSON: a tool result's text often is a document of its own.
      found.add(spellOut(once, spell));
    }
  }
  return toBytes(found);
}

/** Forms for text of any kind: those of JSON, the bare ones, and the longer lines of a secret that has several. `json`: its forms for JSON. */
export function textPatterns(secret: string, json: readonly Buffer[] = jsonPatterns(secret)): Buffer[] {
  const found = encodedForms(secret);
  for (const line of secret.split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed !== secret && Buffer.byteLength(trimmed) >= minLineBytes && !trimmed.startsWith("-----")) {
      found.add(trimmed);
    }
  }
  return [...toBytes(found), ...json];
}

/** True when a value is long enough to be masked, and so to be a secret. */
export function isMaskable(secret: string): boolean {
  return Buffer.byteLength(secret) >= minPatternBytes;
}

function encodedForms(secret: string): Set<string> {
  const bytes = Buffer.from(secret, "utf8");
  const found = new Set([secret]);
  for (const unescaped of alwaysBare.test(secret) ? [] : urlUnescaped) {
    for (const space of ["%20", "+"]) {
      found.add(urlEncoded(bytes, unescaped, space, "upper"));
      found.add(urlEncoded(bytes, unescaped, space, "lower"));
    }
  }
  for (let before = 0; before < 3; before++) {
    const stable = base64Within(bytes, before);
    found.add(stable);
    found.add(stable.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return found;
}

/** What base64 makes of the bytes after `before` unknown ones: the characters that depend on nothing else. */
function base64Within(bytes: Buffer, before: number): string {
  const padded = Buffer.concat([Buffer.alloc(before), bytes]);
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor((padded.length * 8) / 6);
  return padded.toString("base64").slice(first, last);
}

function urlEncoded(bytes: Buffer, unescaped: string, space: string, hex: "lower" | "upper"): string {
  let text = "";
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    if (char === " ") text += space;
    else if (/[A-Za-z0-9]/.test(char) || unescaped.includes(char)) text += char;
    else {
      const digits = byte.toString(16).padStart(2, "0");
      text += `%${hex === "upper" ? digits.toUpperCase() : digits}`;
    }
  }
  return text;
}

const shortEscapes = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["/", "\\/"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function spellOut(text: string, spelling: Spelling): string {
  if (alwaysBare.test(text)) return text;
  let out = "";
  for (const char of text) out += spellChar(char, spelling);
  return out;
}

function spellChar(char: string, { also, asciiOnly, hex, alwaysHex }: Spelling): string {
  const must = char < " " || char === '"' || char === "\\";
  if (!must && !also.includes(char) && !(asciiOnly && char > "~")) return char;
  const short = alwaysHex.includes(char) ? undefined : shortEscapes.get(char);
  if (short !== undefined) return short;
  let text = "";
  for (let at = 0; at < char.length; at++) {
    const digits = char.charCodeAt(at).toString(16).padStart(4, "0");
    text += `\\u${hex === "upper" ? digits.toUpperCase() : digits}`;
  }
  return text;
}

function toBytes(forms: Iterable<string>): Buffer[] {
  const patterns: Buffer[] = [];
  for (const form of forms) {
    const bytes = Buffer.from(form, "utf8");
    if (bytes.length >= minPatternBytes) patterns.push(bytes);
  }
  return patterns;
}
