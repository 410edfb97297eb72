// Has V8 compile what must start quickly, once, at the end of the build: docs/decisions/0030-start-in-chunks.md.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const warmUp = fileURLToPath(new URL("warm-up.cjs", import.meta.url));

/** `code`: CommonJS, written by esbuild. Returns the files by which it is run, by name; the compiled code is not among them. */
export async function cachedPart(
  part: string,
  code: string,
  options: BuildOptions,
): Promise<ReadonlyMap<string, string>> {
  // For the loader of ES modules, which looks for names without running anything.
  const names = /^0 && \(module\.exports = \{[^}]*\}\);$/m.exec(code)?.[0];
  if (names === undefined) throw new Error(`cli/${part} exports nothing`);
  // Compiled code is not asked where it imports from: compiled.ts does it.
  const importing = code.replaceAll(/\bimport\((?=["'`])/g, "__import(");
  const wrapped = `(function (module, require, __import, __filename, __dirname) {${importing}\n})`;
  const print = createHash("sha256").update(wrapped).digest("hex").slice(0, 12);
  const { outputFiles } = await build({
    ...options,
    entryPoints: { [`cli/${part}`]: "src/cli/compiled.ts" },
    format: "cjs",
    write: false,
    footer: { js: names },
    define: { __part: JSON.stringify(part), __print: JSON.stringify(print) },
  });
  const [loader] = outputFiles ?? [];
  if (loader === undefined) throw new Error("esbuild wrote nothing");
  return new Map([
    [`cli/${part}.js`, loader.text],
    [`cli/${part}.code.js`, wrapped],
  ]);
}

/** Runs the parts as they stand in `dist`, as users do, and keeps what was compiled. Returns the names of the files. */
export function compileParts(dist: string, parts: readonly string[]): string[] {
  return parts.map((part) => {
    const name = execFileSync(process.execPath, [warmUp, join(dist, "cli", `${part}.js`)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env["PATH"] ?? "" },
    });
    return `cli/${name.trim()}`;
  });
}
