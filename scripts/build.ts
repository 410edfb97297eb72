// Builds dist: the command line, the library, and what they import, packages included, as a handful of files. Node resolves and compiles a file
// at a time, and at more than a hundred of them that was most of a start: docs/decisions/0005-bundled-build.md.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile, type Plugin, transform } from "esbuild";
import { cachedPart, compileParts } from "./code-cache.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const dist = join(root, "dist");

/** What must start quickly: CommonJS, each file with all that it needs. Node needs longer for ES modules, and for each file. */
const quick = {
  "cli/main": "src/cli/main.ts",
  "cli/check": "src/cli/commands/check.ts",
  "cli/serving": "src/cli/serving.ts",
  "cli/remote-dial": "src/cores/remote-dial.ts",
};
/** Of these, what V8 is to compile beforehand. */
const compiled = ["serving", "check"];
/** Everything else: ES modules, which share what they have in common. */
const others = {
  "hub/program": "src/cli/program.ts",
  "hub/health": "src/cli/commands/health.ts",
  "hub/ajv": "ajv/dist/2020.js",
  "hub/sse-door": "src/doors/sse-door.ts",
  "hub/tls-keeper": "src/doors/tls/tls-keeper.ts",
  "hub/decision-point": "src/links/decision-point.ts",
  "hub/logins": "src/logins/logins.ts",
  "hub/stray-rules": "src/catalog/stray-rules.ts",
  "hub/document-ask": "src/hub/document-ask.ts",
  "hub/login-way": "src/hub/login-way.ts",
  "hub/provider-keys": "src/hub/provider-keys.ts",
  "hub/builtin": "src/identity/builtin/builtin.ts",
  "hub/otel": "src/telemetry/otel/start.ts",
  "hub/prom-client": "prom-client",
  "hub/minisearch": "minisearch",
  "hub/jose": "jose",
  "library/create-hub": "src/library/create-hub.ts",
};

/** For packages written in CommonJS, which ask for Node's own modules with `require`. */
const requireShim =
  'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);\n';

const common = {
  absWorkingDir: root,
  outdir: "dist",
  // Two levels deep like src/cli: what finds examples/ and schemas/ by its own place still does.
  chunkNames: "hub/[name]-[hash]",
  bundle: true,
  platform: "node",
  target: "node20.19",
  // OpenTelemetry has its ES modules there: half of its code can be left out then.
  mainFields: ["module", "main"],
  // Its build for Node is CommonJS, of which nothing can be left out.
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  define: {
    // ws asks for native helpers where they are installed: what runs should not depend on what lies around.
    "process.env.WS_NO_BUFFER_UTIL": '"1"',
    "process.env.WS_NO_UTF_8_VALIDATE": '"1"',
  },
  legalComments: "none",
  metafile: true,
  write: false,
} satisfies BuildOptions;

/** What is loaded at run time, and is one of `files`, stays a file of its own instead of going in. */
function apart(files: Readonly<Record<string, string>>): Plugin {
  const names = new Map(Object.entries(files).map(([name, file]) => [file, name]));
  return {
    name: "apart",
    setup({ onResolve }) {
      onResolve({ filter: /./ }, ({ kind, path, resolveDir }) => {
        if (kind !== "dynamic-import") return undefined;
        const name = names.get(path.startsWith(".") ? relative(root, join(resolveDir, path)) : path);
        return name === undefined ? undefined : { path: `../${name}.js`, external: true };
      });
    },
  };
}

/** Packages and generated code go in minified: nobody reads them there, and Node must. */
const compact: Plugin = {
  name: "compact",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]node_modules[/\\].*\.[cm]?js$|[/\\]manifest[/\\]validator\.ts$/ }, async ({ path }) => {
      const loader = path.endsWith(".ts") ? "ts" : "js";
      // This one looks at what its classes are called.
      const keepNames = /[/\\]oidc-provider[/\\]/.test(path);
      const options = { loader, target: common.target, minify: true, keepNames } as const;
      return { contents: (await transform(readFileSync(path, "utf8"), options)).code, loader };
    });
  },
};

/** What stands in for packages that are not wanted whole. */
const standIns: Readonly<Record<string, string>> = {
  assert: "module.exports = (is, message) => { if (!is) throw new Error(message); };",
  // It would write to stderr what proxies are asked with, their passwords included, where DEBUG is set.
  debug: "module.exports = () => () => {};",
};

/** Of oidc-provider: it writes to the terminal that it was not made for this version of Node, which the tests show it works with. */
const silent = "export function info() {}\nexport function warn() {}\n";
/** Of koa: the types that the authorization server takes and answers with, of the thousands that there are. */
const mediaTypes = JSON.stringify({
  "application/json": { charset: "UTF-8", extensions: ["json"] },
  "application/x-www-form-urlencoded": {},
  "text/html": { extensions: ["html"] },
  "text/plain": { extensions: ["txt"] },
});

/** Of the log's and the proxies' packages, what only other uses of them need: it would be loaded before the first Core is started. */
const lean: Plugin = {
  name: "lean",
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /[/\\]pino[/\\]lib[/\\]transport\.js$/ }, () => {
      return { contents: 'module.exports = () => { throw new Error("built without transports"); };' };
    });
    // Secrets are overwritten in the finished line, wherever they are in it (wire/mask.ts).
    onLoad({ filter: /[/\\]pino[/\\]lib[/\\]redaction\.js$/ }, () => {
      return { contents: 'module.exports = () => { throw new Error("built without redaction"); };' };
    });
    onLoad({ filter: /[/\\]oidc-provider[/\\]lib[/\\]helpers[/\\]attention\.js$/ }, () => ({ contents: silent }));
    onLoad({ filter: /[/\\]mime-db[/\\]db\.json$/ }, () => ({ contents: mediaTypes, loader: "json" }));
    onResolve({ filter: /^assert$/ }, ({ importer }) => {
      return /[/\\]sonic-boom[/\\]/.test(importer) ? { path: "assert", namespace: "lean" } : undefined;
    });
    onResolve({ filter: /^debug$/ }, ({ path }) => ({ path, namespace: "lean" }));
    onLoad({ filter: /./, namespace: "lean" }, ({ path }) => ({ contents: standIns[path] ?? "" }));
  },
};

const results = await Promise.all([
  build({
    ...common,
    entryPoints: quick,
    format: "cjs",
    define: { ...common.define, "import.meta.url": "__fileUrl" },
    banner: { js: '"use strict";\nconst __fileUrl = require("node:url").pathToFileURL(__filename).href;' },
    plugins: [apart({ ...quick, ...others }), lean, compact],
  }),
  build({
    ...common,
    entryPoints: others,
    format: "esm",
    splitting: true,
    plugins: [apart({ "cli/serving": quick["cli/serving"] }), lean, compact],
  }),
]);

const metafile: Metafile = { inputs: {}, outputs: {} };
const parts = new Map<string, string>();
for (const result of results) {
  Object.assign(metafile.inputs, result.metafile.inputs);
  Object.assign(metafile.outputs, result.metafile.outputs);
  for (const { path, text } of result.outputFiles) {
    if (!path.startsWith(join(dist, "cli"))) write(path, shimmed(text));
    else if (compiled.includes(basename(path, ".js"))) parts.set(basename(path, ".js"), required(text));
    else write(path, required(text));
  }
}
const more = ["dist/cli/package.json", "dist/licenses.txt", "dist/library/create-hub.d.ts"];
for (const [part, code] of parts) {
  for (const [file, text] of await cachedPart(part, code, common)) {
    write(join(dist, file), text);
    more.push(join("dist", file));
  }
}
writeFileSync(join(dist, "cli/package.json"), '{ "type": "commonjs" }\n');
writeFileSync(join(dist, "licenses.txt"), licensesOf(metafile));
// The types file imports nothing, so that it can go as it is; the compiler holds createHub itself to them.
const types = readFileSync(join(root, "src/library/public.ts"), "utf8");
writeFileSync(join(dist, "library/create-hub.d.ts"), `${types}\nexport declare const createHub: CreateHub;\n`);
more.push(...compileParts(dist, [...parts.keys()]).map((file) => join("dist", file)));
const written = [...Object.keys(metafile.outputs), ...more];
removeOthers(dist, new Set(written.map((file) => resolve(root, file))));

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** CommonJS loads CommonJS: its `import()` would start the loader of ES modules. */
function required(text: string): string {
  return text.replaceAll(/import\("\.\.\/cli\/([a-z-]+)\.js"\)/g, 'Promise.resolve(require("./$1.js"))');
}

function shimmed(text: string): string {
  return text.includes("typeof require ") ? requireShim + text : text;
}

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
