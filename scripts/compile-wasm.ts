// Compiles a file of wasm/ to WebAssembly, as the TypeScript file that carries it into the bundle.
import { fileURLToPath } from "node:url";
import * as asc from "assemblyscript/asc";

/** Nothing of AssemblyScript's runtime goes in: no allocation, no garbage collection, no messages. */
const flags = ["--optimizeLevel", "3", "--converge", "--runtime", "stub", "--use", "abort=", "--enable", "simd"];

/** `constant`: the name of what the file exports. */
export async function renderWasm(source: string, constant: string): Promise<string> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [source, ...flags, "--baseDir", fileURLToPath(new URL("../", import.meta.url)), "--outFile", "out.wasm"],
    {
      writeFile: (_name, contents) => {
        if (typeof contents !== "string") binary = contents;
      },
    },
  );
  if (error !== null || binary === undefined) throw new Error(`${source} does not compile: ${error}\n${stderr}`);
  return [
    `// Generated from ${source} by \`npm run types\`. Do not edit.`,
    "// biome-ignore-all format: generated",
    "",
    `/** ${binary.length} bytes of WebAssembly, in base64. */`,
    `export const ${constant} =\n  "${Buffer.from(binary).toString("base64")}";`,
    "",
  ].join("\n");
}
