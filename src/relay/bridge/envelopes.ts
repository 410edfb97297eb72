// Reads what requests of the modern era say of themselves (MCP 2026-07-28, RequestMetaObject). The same words are read once.
import { capabilitiesOf } from "../../base/client-capabilities.ts";
import { HubError } from "../../base/errors.ts";
import type { Envelope } from "../../sessions/envelope.ts";
import { type LogLevel, logLevelNames, logLevelOf } from "../../sessions/log-level.ts";
import { eraClaim, revisionKey } from "../../wire/era-claim.ts";
import { type ByteString, partOf } from "../../wire/frame.ts";
import { isModernRevision, modernRevisions } from "../../wire/revisions.ts";
import type { Scan } from "../../wire/scan.ts";
import { shortText } from "../initialize.ts";

const clientKey = "io.modelcontextprotocol/clientInfo";
const capabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
const levelKey = "io.modelcontextprotocol/logLevel";

/** Texts that are remembered, and the longest of them. Those with a trace of their own in them are never the same. */
const maxKnown = 256;
const maxKnownChars = 4096;

export class Envelopes {
  /** By all of `_meta` but the token of progress, which is another one in every request. */
  readonly #byText = new Map<ByteString, Envelope>();
  /** By what they say. */
  readonly #bySense = new Map<string, Envelope>();
  #lastText: ByteString | undefined;
  #last: Envelope | undefined;

  /** Undefined for a message that does not claim to be of the modern era. Throws HubError for what is missing in one that does, or not known. */
  read(bytes: Buffer, scan: Scan, text: ByteString | undefined): Envelope | undefined {
    const { metaStart, metaEnd, tokenStart, tokenEnd } = scan;
    if (metaStart < 0) return undefined;
    const meta =
      tokenStart < 0
        ? partOf(bytes, text, metaStart, metaEnd)
        : partOf(bytes, text, metaStart, tokenStart) + partOf(bytes, text, tokenEnd, metaEnd);
    // Most come from clients that say the same each time.
    if (meta === this.#lastText && this.#last !== undefined) return this.#last;
    if (eraClaim(bytes, scan, text) === undefined) return undefined;
    const known = this.#byText.get(meta) ?? this.#remember(meta, envelopeIn(bytes, metaStart, metaEnd));
    this.#lastText = meta;
    this.#last = known;
    return known;
  }

  #remember(meta: ByteString, read: Envelope): Envelope {
    const sense = JSON.stringify(read);
    const envelope = this.#bySense.get(sense) ?? read;
    if (sense.length <= maxKnownChars) keep(this.#bySense, sense, envelope);
    if (meta.length <= maxKnownChars) keep(this.#byText, meta, envelope);
    return envelope;
  }
}

/** The oldest goes for it. */
function keep<V>(known: Map<string, V>, key: string, value: V): void {
  if (known.size >= maxKnown && !known.has(key)) {
    for (const oldest of known.keys()) {
      known.delete(oldest);
      break;
    }
  }
  known.set(key, value);
}

function envelopeIn(bytes: Buffer, start: number, end: number): Envelope {
  const meta = JSON.parse(bytes.toString("utf8", start, end)) as Record<string, unknown>;
  const revision = meta[revisionKey];
  if (typeof revision !== "string") throw invalid(`params._meta["${revisionKey}"] must be a string`);
  if (!isModernRevision(revision)) {
    const shown = JSON.stringify(revision.slice(0, 40));
    const message = `a request that says its revision itself is of ${modernRevisions.join(" or ")}, this one says ${shown}`;
    throw new HubError("version_unsupported", message, {
      supported: modernRevisions,
      requested: revision.slice(0, 40),
    });
  }
  const declared = meta[capabilitiesKey];
  if (!isObject(declared)) throw invalid(`params._meta["${capabilitiesKey}"] must be there, an object`);
  const info = meta[clientKey] ?? {};
  if (!isObject(info)) throw invalid(`params._meta["${clientKey}"] must be an object`);
  const client = { name: shortText(info["name"]), version: shortText(info["version"]) };
  return { revision, client, capabilities: capabilitiesOf(declared), logLevel: levelIn(meta[levelKey]) };
}

function levelIn(value: unknown): LogLevel | undefined {
  const level = logLevelOf(value);
  if (value !== undefined && level === undefined) {
    throw invalid(`params._meta["${levelKey}"] must be one of ${logLevelNames.join(", ")}`);
  }
  return level;
}

function invalid(message: string): HubError {
  return new HubError("envelope_invalid", message);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
