// Text that only the hub can read again: encrypted, and bound to what it is said to be, so that one does not pass for another.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

export interface SealedText {
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

/** `label`: what it is. It goes in the clear elsewhere, and is sealed with the text. */
export function seal(key: Buffer, label: Buffer, text: string): SealedText {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(label);
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return { iv: iv.toString("base64"), tag: cipher.getAuthTag().toString("base64"), data: data.toString("base64") };
}

/** Undefined: with none of these keys, or it is not what it is said to be. */
export function unseal(keys: readonly Buffer[], label: Buffer, sealed: SealedText): string | undefined {
  return keys.map((key) => opened(key, label, sealed)).find((text) => text !== undefined);
}

function opened(key: Buffer, label: Buffer, { iv, tag, data }: SealedText): string | undefined {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64"), { authTagLength: 16 });
    decipher.setAAD(label);
    decipher.setAuthTag(Buffer.from(tag, "base64"));
    return Buffer.concat([decipher.update(Buffer.from(data, "base64")), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
