// The key that logins are encrypted with: given, or made at first need and kept beside them, for the hub's user alone.
import { hkdfSync, randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HubError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";

const minCharacters = 32;

/** 32 bytes. Rejects with `usage` where the key cannot be used, and with the system's error where the folder cannot. */
export async function stateKey(stateDir: string, given: Secret | undefined): Promise<Buffer> {
  const text = given === undefined ? await keptKey(stateDir) : given.reveal().trim();
  if (text.length < minCharacters) {
    const what = given === undefined ? join(stateDir, "key") : "HUB_STATE_KEY";
    const fix = given === undefined ? "remove it and sign in again" : "make one: openssl rand -hex 32";
    throw new HubError("usage", `${what} has less than ${minCharacters} characters: ${fix}`);
  }
  return Buffer.from(hkdfSync("sha256", text, "thehub", "logins", 32));
}

async function keptKey(stateDir: string): Promise<string> {
  const file = join(stateDir, "key");
  const known = await readKey(file);
  if (known !== undefined) return known;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  try {
    // Not renamed: of two processes that make one at once, the second would take the first one's logins with it.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readKey(file)) ?? "";
}

async function readKey(file: string): Promise<string | undefined> {
  try {
    const text = (await readFile(file, "utf8")).trim();
    // As a copy or a careless chmod leaves it.
    await chmod(file, 0o600).catch(() => {});
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
