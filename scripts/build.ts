// Builds dist: the command line, the library, and what they import, packages included, as a handful of files. Node resolves and compiles a file
// at a time, and at more than a hundred of them that was most of a start: docs/decisions/0005-bundled-build.md.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
const dist = join(root, "dist");

/** For packages written in CommonJS, which ask for Node's own modules with `require`. */
const requireShim =
  'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);\n';

const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ["src/cli/main.ts", "src/library/create-hub.ts"],
  outbase: "src",
  outdir: "dist",
  // Two levels deep like src/cli: what finds examples/ and schemas/ by its own place still does.
  chunkNames: "cli/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // OpenTelemetry has its ES modules there: half of its code can be left out then.
  mainFields: ["module", "main"],
  // Its build for Node is CommonJS, of which nothing can be left out.
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  // ws asks for native helpers where they are installed: what runs should not depend on what lies around.
  define: { "process.env.WS_NO_BUFFER_UTIL": '"1"', "process.env.WS_NO_UTF_8_VALIDATE": '"1"' },
  legalComments: "none",
  metafile: true,
  write: false,
});

for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text.includes("typeof require ") ? requireShim + text : text);
}
writeFileSync(join(dist, "licenses.txt"), licensesOf(metafile));
// The types file imports nothing, so that it can go as it is; the compiler holds createHub itself to them.
const types = readFileSync(join(root, "src/library/public.ts"), "utf8");
writeFileSync(join(dist, "library/create-hub.d.ts"), `${types}\nexport declare const createHub: CreateHub;\n`);
const written = [...Object.keys(metafile.outputs), "dist/licenses.txt", "dist/library/create-hub.d.ts"];
removeOthers(dist, new Set(written.map((file) => resolve(root, file))));

/** The licences of the packages that are inside: they ask to be passed on with the code. */
function licensesOf({ inputs }: Metafile): string {
  const packages = Object.keys(inputs).map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  const texts: string[] = [];
  for (const folder of [...new Set(packages)].sort()) {
    if (folder === undefined) continue;
    const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name));
    const { license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as { license?: string };
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(root, folder, file), "utf8").trim();
    texts.push(`${folder.replace(/^.*node_modules\//, "")}\n\n${text}\n`);
  }
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

/** Chunks carry a hash in their name: those of earlier builds go, but only once the new ones are there. */
function removeOthers(folder: string, keep: ReadonlySet<string>): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOthers(path, keep);
    else if (!keep.has(path)) rmSync(path);
  }
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
}
