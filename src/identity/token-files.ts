// The tokens that clients have in files: read when the rules change, and again when the files do, in whatever way they were put there.
import { tokenDigest } from "../base/bearer.ts";
import { lookAt } from "../base/file-look.ts";
import { Secret } from "../base/secret.ts";
import { readTokenFile } from "../base/token-file.ts";
import type { Log } from "../telemetry/log.ts";

export interface TokenFilesDeps {
  readonly log: Pick<Log, "warn" | "info">;
  /** To be kept out of everything that is said. */
  learned(token: Secret): void;
}

interface Known {
  /** As the file was when it was last read, and at the last look. */
  read: string;
  seen: string;
  digests: readonly Buffer[];
}

export class TokenFiles {
  readonly #deps: TokenFilesDeps;
  readonly #known = new Map<string, Known>();
  #changes = 0;

  constructor(deps: TokenFilesDeps) {
    this.#deps = deps;
  }

  /** These are the files from now on. Those that are new are read at once; one that cannot be read lets nobody in until it can be. */
  take(paths: readonly string[]): void {
    const wanted = new Set(paths);
    for (const path of this.#known.keys()) if (!wanted.has(path)) this.#known.delete(path);
    for (const path of wanted) {
      if (this.#known.has(path)) continue;
      // Not looked at yet: the first look takes note, and reads it again only if it changes after that.
      this.#known.set(path, { read: "", seen: "", digests: this.#digestsIn(path) });
    }
  }

  digests(path: string): readonly Buffer[] {
    return this.#known.get(path)?.digests ?? [];
  }

  /** A token more is a change as well: it is compared from then on. */
  get losses(): number {
    return this.#changes;
  }

  /** Never rejects. */
  async look(): Promise<void> {
    for (const [path, known] of this.#known) {
      const seen = await lookAt(path);
      const isSettled = seen === known.seen;
      known.seen = seen;
      // Half a file is not read if that can be helped: two looks must agree.
      if (!isSettled || seen === known.read) continue;
      known.read = seen;
      const digests = this.#digestsIn(path);
      if (isSame(digests, known.digests)) continue;
      known.digests = digests;
      this.#changes++;
      if (digests.length > 0) this.#deps.log.info("client_tokens_reloaded", { file: path, tokens: digests.length });
    }
  }

  #digestsIn(path: string): readonly Buffer[] {
    const file = readTokenFile(path);
    if (file.t === "ok") {
      for (const token of file.tokens) this.#deps.learned(new Secret(token));
      return file.tokens.map(tokenDigest);
    }
    const fix = "nobody gets in by it until it holds a token, one a line, that the hub's user can read";
    this.#deps.log.warn("client_tokens_unusable", { file: path, reason: file.why, fix });
    return [];
  }
}

function isSame(one: readonly Buffer[], other: readonly Buffer[]): boolean {
  return one.length === other.length && one.every((digest, at) => digest.equals(other[at] ?? Buffer.alloc(0)));
}
