// Matches uris against the URI templates (RFC 6570, levels 1 to 3) of Cores. Decides ownership only: no variables come out.
// Templates and uris are both untrusted, so the work is bounded by their lengths and there are no regular expressions.

const maxTemplateLength = 1024;
const maxUriLength = 4096;
const maxParts = 64;
/** What one lookup may cost, over all templates: some tens of milliseconds on a machine with other work. */
export const maxSteps = 1_000_000;

/** Literal text, or a gap: an optional first character, then any run of characters that are not in `stops`. */
type Part =
  | { readonly t: "text"; readonly text: string }
  | { readonly t: "gap"; readonly first: string; readonly stops: string; readonly optional: boolean };

export interface UriTemplate {
  /** What every matching uri starts with. */
  readonly prefix: string;
  readonly literalLength: number;
  /** The most that `matches` costs: a step is a character followed through a part, or eight characters of text compared. */
  steps(uri: string): number;
  matches(uri: string): boolean;
}

/** Undefined for what is no template, or too large a one to be worth matching. */
export function parseUriTemplate(template: string): UriTemplate | undefined {
  const parts = template.length > maxTemplateLength ? undefined : partsOf(template);
  if (parts === undefined) return undefined;
  const [first] = parts;
  const prefix = first?.t === "text" ? first.text : "";
  let literalLength = 0;
  for (const part of parts) if (part.t === "text") literalLength += part.text.length;
  const stepsEach = parts.length + Math.ceil((literalLength - prefix.length) / 8);
  const mayMatch = (uri: string) => uri.length <= maxUriLength && uri.startsWith(prefix);
  return {
    prefix,
    literalLength,
    steps: (uri) => (mayMatch(uri) ? stepsEach * uri.length : 0),
    matches: (uri) => mayMatch(uri) && partsMatch(parts, uri),
  };
}

/** The first of these that the uri fits; none where it takes more steps than a lookup may to find that out. */
export function firstMatch<T extends UriTemplate>(templates: readonly T[], uri: string): T | undefined {
  let left = maxSteps;
  for (const template of templates) {
    left -= template.steps(uri);
    if (left < 0) return undefined;
    if (template.matches(uri)) return template;
  }
  return undefined;
}

function partsOf(template: string): readonly Part[] | undefined {
  const parts: Part[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf("{", at);
    const text = template.slice(at, open < 0 ? undefined : open);
    if (text.includes("}")) return undefined;
    if (text !== "") parts.push({ t: "text", text });
    if (open < 0) break;
    const close = template.indexOf("}", open);
    if (close <= open + 1) return undefined;
    parts.push(gapOf(template.charAt(open + 1)));
    at = close + 1;
  }
  return parts.length > maxParts ? undefined : parts;
}

/** Clients often fill in values unescaped, so a gap takes all but the characters that would end its part of the uri. */
function gapOf(operator: string): Part {
  switch (operator) {
    case "+":
      return { t: "gap", first: "", stops: "", optional: false };
    case "#":
      return { t: "gap", first: "#", stops: "", optional: true };
    case ".":
      return { t: "gap", first: ".", stops: "/?#", optional: true };
    case "/":
      return { t: "gap", first: "/", stops: "?#", optional: true };
    case ";":
      return { t: "gap", first: ";", stops: "/?#", optional: true };
    case "?":
      return { t: "gap", first: "?", stops: "#", optional: true };
    case "&":
      return { t: "gap", first: "&", stops: "#", optional: true };
    default:
      return { t: "gap", first: "", stops: "/?#", optional: false };
  }
}

/** Follows all ways to match at once: after each part, `ends[i]` says whether the parts so far can end before offset i. */
function partsMatch(parts: readonly Part[], uri: string): boolean {
  let ends = new Uint8Array(uri.length + 1);
  ends[0] = 1;
  for (const part of parts) {
    ends = part.t === "text" ? afterText(ends, uri, part.text) : afterGap(ends, uri, part);
    if (!ends.includes(1)) return false;
  }
  return ends[uri.length] === 1;
}

function afterText(ends: Uint8Array, uri: string, text: string): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(ends.length);
  for (let i = ends.indexOf(1); i >= 0; i = ends.indexOf(1, i + 1)) {
    if (uri.startsWith(text, i)) next[i + text.length] = 1;
  }
  return next;
}

function afterGap(ends: Uint8Array, uri: string, gap: Part & { t: "gap" }): Uint8Array<ArrayBuffer> {
  const next = gap.optional ? Uint8Array.from(ends) : new Uint8Array(ends.length);
  const last = ends.lastIndexOf(1);
  let open = false;
  // Behind the last end, and the gap that begins there, is nothing more to find.
  for (let i = ends.indexOf(1); i < uri.length && (open || i <= last); i++) {
    const c = uri.charAt(i);
    const goesOn = !gap.stops.includes(c);
    if (gap.first === "") open = (open || ends[i] === 1) && goesOn;
    else open = (ends[i] === 1 && c === gap.first) || (open && goesOn);
    if (open) next[i + 1] = 1;
  }
  return next;
}
