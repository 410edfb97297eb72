// Texts that clients keep for the hub, which they can neither read nor make: request states, and the ids of tasks.
//
//   <format>.<kid>.<base64url of nonce | tag | ciphertext>      AES-256-GCM; format, kid, the hub and `context` are sealed with it
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

export interface SealKey {
  /** Names it in what it sealed: letters, digits, - and _. */
  readonly kid: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** One seals; those before it, or to come after it, only open. */
export interface SealKeys {
  current(): SealKey;
  find(kid: string): SealKey | undefined;
}

export interface SealerDeps {
  readonly keys: SealKeys;
  /** What those hubs have in common that may open what another of them sealed, and others have not. */
  audience(): string;
}

const nonceBytes = 12;
const tagBytes = 16;
/** Longer ones are none of this hub's. */
const maxChars = 2 * 1024 * 1024;

export class Sealer {
  readonly #deps: SealerDeps;

  constructor(deps: SealerDeps) {
    this.#deps = deps;
  }

  /** Plain ASCII: needs no escape in JSON, nor in a header. */
  seal(format: string, plain: string, context: string): string {
    const { kid, key } = this.#deps.keys.current();
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    cipher.setAAD(this.#label(format, kid, context));
    const sealed = [cipher.update(plain, "utf8"), cipher.final()];
    return `${format}.${kid}.${Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString("base64url")}`;
  }

  /** Undefined for what was not sealed by such a hub, in this format and context. */
  open(format: string, text: string, context: string): string | undefined {
    const [head, kid = "", body = "", more] = text.length > maxChars ? [] : text.split(".", 4);
    const key = this.#deps.keys.find(kid);
    if (head !== format || more !== undefined || key === undefined) return undefined;
    const bytes = Buffer.from(body, "base64url");
    // One sealed text has one spelling: Node reads what is no base64url as well.
    if (bytes.length <= nonceBytes + tagBytes || bytes.toString("base64url") !== body) return undefined;
    try {
      const options = { authTagLength: tagBytes };
      const decipher = createDecipheriv("aes-256-gcm", key.key, bytes.subarray(0, nonceBytes), options);
      decipher.setAAD(this.#label(format, kid, context));
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      const opened = [decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()];
      return Buffer.concat(opened).toString("utf8");
    } catch {
      return undefined;
    }
  }

  #label(format: string, kid: string, context: string): Buffer {
    return Buffer.from(JSON.stringify([format, kid, this.#deps.audience(), context]));
  }
}
