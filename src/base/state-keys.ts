// What the hub encrypts its own state with: texts that are given, or one that is made at first need and kept in the state folder, for the hub's
// user alone. The first one seals, each one opens, so that a key can be changed without losing what the old one sealed.
import { hkdfSync, randomBytes } from "node:crypto";
import { chmod, link, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HubError } from "./errors.ts";
import { makeOwnFolder } from "./own-folder.ts";
import type { Secret } from "./secret.ts";

const shortestKey = 32;
/** The one in use, and the one before or after it. */
const maxKeys = 2;

/** A key a line. */
export function keyLines(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Undefined: these can be used. Else what is wrong with them, and what to do. */
export function keyProblem(lines: readonly string[]): { readonly message: string; readonly hint: string } | undefined {
  if (lines.length > maxKeys) {
    return { message: `more than ${maxKeys} keys`, hint: "keep the one in use and the one before it, a line each" };
  }
  if (lines.length > 0 && lines.every((line) => line.length >= shortestKey)) return undefined;
  const message = `a key of less than ${shortestKey} characters protects nothing`;
  return { message, hint: "make one: openssl rand -hex 32" };
}

export function newKey(): string {
  return randomBytes(32).toString("base64url");
}

/** Keys of one purpose are of no use for another. */
export function derive(key: string, purpose: string, bytes = 32): Buffer {
  return Buffer.from(hkdfSync("sha256", key, "thehub", purpose, bytes));
}

/**
 * The texts of the keys, the one that seals first: the given ones, else those that are kept; `make` says what is kept where there is none yet.
 * Undefined: there is none, and none was to be made. Rejects with `usage` where they cannot be used, and with the system's error where the
 * folder cannot.
 */
export async function stateKeys(stateDir: string, given: Secret | undefined): Promise<readonly string[] | undefined>;
export async function stateKeys(
  stateDir: string,
  given: Secret | undefined,
  make: () => string,
): Promise<readonly string[]>;
export async function stateKeys(
  stateDir: string,
  given: Secret | undefined,
  make?: () => string,
): Promise<readonly string[] | undefined> {
  const file = join(stateDir, "key");
  const text = given === undefined ? await keptText(file, make) : given.reveal();
  if (text === undefined) return undefined;
  const lines = keyLines(text);
  const problem = keyProblem(lines);
  if (problem === undefined) return lines;
  const what = given === undefined ? file : "HUB_STATE_KEY";
  const fix =
    given === undefined ? "remove it, and what it sealed is lost: logins have to be made again" : problem.hint;
  throw new HubError("usage", `${what}: ${problem.message}: ${fix}`);
}

/**
 * What a file holds that is the hub's user's alone; where there is none yet, what `make` says, kept from then on. The same for all processes,
 * whichever was first. Undefined: there is none, and none was to be made. Rejects with the system's error.
 */
export async function keptText(file: string, make: (() => string) | undefined): Promise<string | undefined> {
  const known = await readKept(file);
  if (known !== undefined || make === undefined) return known;
  await makeOwnFolder(dirname(file));
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, `${make()}\n`, { mode: 0o600, flag: "wx" });
  try {
    // Not renamed: of two processes that make one at once, the second would take what the first one sealed with it.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readKept(file)) ?? "";
}

async function readKept(file: string): Promise<string | undefined> {
  try {
    const text = await readFile(file, "utf8");
    // As a copy or a careless chmod leaves it.
    await chmod(file, 0o600).catch(() => {});
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
