// What a legacy client's session says of itself to a Core of the modern era, which hears it with each request.
import { type ClientCapabilities, declares, relayable } from "../../base/client-capabilities.ts";
import { logLevelName } from "../../sessions/log-level.ts";
import { type ByteString, byteString } from "../../wire/frame.ts";
import { metaKeys } from "../../wire/request-meta.ts";
import { latestModernRevision } from "../../wire/revisions.ts";
import type { ClientSession } from "../call.ts";

export class SessionEnvelopes {
  readonly #known = new WeakMap<ClientSession, { readonly level: number | undefined; readonly text: ByteString }>();

  /** The members of `_meta`, without the braces. */
  of(session: ClientSession): ByteString {
    const { logLevel: level } = session;
    const known = this.#known.get(session);
    if (known !== undefined && known.level === level) return known.text;
    const { name, version } = session.client ?? { name: "", version: "" };
    const meta = {
      [metaKeys.protocolVersion]: latestModernRevision,
      [metaKeys.clientInfo]: { name: name === "" ? "unknown" : name, version },
      [metaKeys.clientCapabilities]: modern(relayable(session.capabilities)),
      ...(level !== undefined && { [metaKeys.logLevel]: logLevelName(level) }),
    };
    const text = byteString(JSON.stringify(meta).slice(1, -1));
    this.#known.set(session, { level, text });
    return text;
  }
}

/** Roots do not change under a request; and forms, once the only mode of elicitation, go by their name. */
function modern(told: ClientCapabilities): ClientCapabilities {
  const { roots, elicitation, ...rest } = told;
  const modes = declares(told, "elicitation", "url") ? elicitation : { form: {} };
  return {
    ...rest,
    ...(elicitation !== undefined && { elicitation: modes }),
    ...(roots !== undefined && { roots: {} }),
  };
}
