// Distinguished names as certificates have them, in the notation of RFC 4514: `CN=laptop,OU=Dev,O=Example`, the most specific part first.

interface Attribute {
  readonly type: string;
  readonly value: string;
}

/** One spelling for all texts that say the same name; undefined for what is none. Case counts in values, not in types. */
export function canonicalName(text: string): string | undefined {
  const parts = partsOf(text);
  return parts === undefined ? undefined : JSON.stringify(parts);
}

/** The common name of the most specific part that has one. */
export function commonName(text: string): string | undefined {
  const attributes = partsOf(text)?.flat() ?? [];
  return attributes.find(({ type }) => type === "CN")?.value;
}

/** Of the lines that OpenSSL writes, least specific first and with escapes within: `O=Example\nCN=laptop`. */
export function fromLines(lines: string): string {
  return lines.split("\n").reverse().join(",");
}

function partsOf(text: string): Attribute[][] | undefined {
  const parts: Attribute[][] = [];
  for (const part of splitAt(text, ",")) {
    const attributes = splitAt(part, "+").map(attributeOf);
    const whole = attributes.filter((one) => one !== undefined);
    if (whole.length < attributes.length) return undefined;
    // A part of several is a set.
    parts.push(whole.sort((one, other) => (one.type + one.value < other.type + other.value ? -1 : 1)));
  }
  return parts;
}

/** At separators that no backslash stands before. */
function splitAt(text: string, separator: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === "\\") piece += char + (text[++at] ?? "");
    else if (char === separator) {
      pieces.push(piece);
      piece = "";
    } else piece += char;
  }
  return [...pieces, piece];
}

function attributeOf(text: string): Attribute | undefined {
  const [, type = "", value = ""] = /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=\s*(.*?)\s*$/su.exec(text) ?? [];
  return type === "" ? undefined : { type: type.toUpperCase(), value: unescaped(value) };
}

/** `\2C` is a byte, `\,` a character. */
function unescaped(value: string): string {
  return value.replace(/(?:\\[0-9A-Fa-f]{2})+|\\(.)/gsu, (run, char: string | undefined) =>
    char === undefined ? Buffer.from(run.replaceAll("\\", ""), "hex").toString("utf8") : char,
  );
}
