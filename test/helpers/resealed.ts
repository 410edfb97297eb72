// What nobody without the hub's key can do: opens a requestState, changes what is in it, and seals it again.
import { createCipheriv, createDecipheriv } from "node:crypto";
import { derive } from "../../src/base/state-keys.ts";

export interface Seal {
  /** HUB_STATE_KEY. */
  readonly key: string;
  readonly audience: string;
  readonly endpoint: string;
}

export function resealed(state: string, { key, audience, endpoint }: Seal, change: object): string {
  const [format = "", kid = "", body = ""] = state.split(".");
  const bytes = Buffer.from(body, "base64url");
  const label = Buffer.from(JSON.stringify([format, kid, audience, endpoint]));
  const secret = derive(key, "request state");
  const nonce = bytes.subarray(0, 12);
  const decipher = createDecipheriv("aes-256-gcm", secret, nonce);
  decipher.setAAD(label);
  decipher.setAuthTag(bytes.subarray(12, 28));
  const opened = JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8"));
  const cipher = createCipheriv("aes-256-gcm", secret, nonce);
  cipher.setAAD(label);
  const sealed = [cipher.update(JSON.stringify({ ...opened, ...change }), "utf8"), cipher.final()];
  return `${format}.${kid}.${Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString("base64url")}`;
}
