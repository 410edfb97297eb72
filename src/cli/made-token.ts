// The token that the hub makes for itself when it listens beyond this machine and nobody configured one.
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeOwnFolder } from "../base/own-folder.ts";
import { Secret } from "../base/secret.ts";

export interface MadeToken {
  readonly token: Secret;
  /** Where it is kept; undefined when it lives only as long as this process. */
  readonly file: string | undefined;
}

/** For a person at a terminal: made anew at every start, and printed once by the caller. */
export function passingToken(): MadeToken {
  return { token: new Secret(randomBytes(24).toString("base64url")), file: undefined };
}

/** For a service: kept in `stateDir/token` (0600), the same after a restart. Rejects when the folder cannot be written to. */
export async function keptToken(stateDir: string): Promise<MadeToken> {
  const file = fileIn(stateDir);
  const known = await readKeptToken(stateDir).catch(() => undefined);
  if (known !== undefined) return { token: known, file };
  const { token } = passingToken();
  await makeOwnFolder(stateDir);
  await writeFile(file, `${token.reveal()}\n`, { mode: 0o600 });
  return { token, file };
}

/** Undefined when none is kept there. Rejects when there is one that cannot be read. */
export async function readKeptToken(stateDir: string): Promise<Secret | undefined> {
  try {
    const text = (await readFile(fileIn(stateDir), "utf8")).trim();
    return text.length >= 16 ? new Secret(text) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function fileIn(stateDir: string): string {
  return join(stateDir, "token");
}
