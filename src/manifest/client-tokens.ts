// The digests of all tokens that the manifest knows of.
import { readTokenFile } from "../base/token-file.ts";
import type { ResolvedClient } from "./manifest.ts";

/** SHA-256 of each token that lets a client in, in hexadecimal: what must never be handed to a Core. */
export function clientTokenHashes(clients: readonly Pick<ResolvedClient, "tokens">[]): string[] {
  return clients.flatMap(({ tokens }) =>
    tokens.flatMap((token) => {
      if (token.t === "hash") return token.sha256;
      // Not loaded before: few manifests have token files.
      const { createHash } = process.getBuiltinModule("node:crypto");
      const file = readTokenFile(token.path);
      return file.t === "ok" ? file.tokens.map((text) => createHash("sha256").update(text).digest("hex")) : [];
    }),
  );
}
