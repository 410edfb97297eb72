// Kubernetes files without a cluster: rendered by helm and kubectl, and held against the API's own types. `.ci/kubernetes-tools`
// fetches both, outside of the project.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseAllDocuments } from "yaml";
import { root } from "./hub-process.ts";
import { findProgram, type Ran, run } from "./programs.ts";

const tools = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "thehub-tests/kubernetes");
const kubectl = findProgram("kubectl", [join(tools, "bin")]);
const helmProgram = findProgram("helm", [join(tools, "bin")]);

export const skipWithoutTools: string | false =
  kubectl === undefined || helmProgram === undefined
    ? "needs helm and kubectl (.ci/kubernetes-tools fetches them)"
    : false;

/** An object of the cluster, as far as the tests look into it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: objects of all kinds; their types are checked by `typeProblems`
  readonly [key: string]: any;
}

export function kustomize(folder: string): KubeObject[] {
  const { status, stdout, stderr } = run(String(kubectl), ["kustomize", folder]);
  assert.equal(status, 0, stderr);
  return objectsOf(stdout);
}

export function helm(...args: string[]): Ran {
  return run(String(helmProgram), args);
}

/** What the chart renders with these values. */
export function helmTemplate(values: object = {}, more: readonly string[] = []): KubeObject[] {
  const { status, stdout, stderr } = helmWith(values, ["template", "hub", join(root, "deploy/helm/thehub"), ...more]);
  assert.equal(status, 0, stderr);
  return objectsOf(stdout);
}

/** Runs helm with a file of values; JSON is YAML. */
export function helmWith(values: object, args: readonly string[]): Ran {
  return run(String(helmProgram), [...args, "--values", "-"], { input: JSON.stringify(values) });
}

/** Shell commands as a README has them, with helm and kubectl on the PATH. */
export function runWithTools(script: string, cwd: string): Ran {
  return run("bash", ["-eu", "-o", "pipefail", "-c", `PATH="${join(tools, "bin")}:$PATH"\n${script}`], { cwd });
}

/** Kubernetes reads YAML 1.1, in which 0440 is octal. */
function objectsOf(text: string): KubeObject[] {
  return parseAllDocuments(text, { version: "1.1" })
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

export function only(objects: readonly KubeObject[], kind: string): KubeObject {
  const found = objects.filter((object) => object.kind === kind);
  assert.equal(found.length, 1, `${found.length} objects of kind ${kind}`);
  return found[0] as KubeObject;
}

function moduleOf({ apiVersion, kind }: KubeObject): string {
  const from = apiVersion.startsWith("monitoring.coreos.com/")
    ? "@kubernetes-models/prometheus-operator"
    : "kubernetes-models";
  return `${from}/${apiVersion}/${kind}`;
}

/**
 * What is wrong with the objects, by two judges: the compiler holds them against the API's types, unknown keys included, and
 * the API's schema checks formats and ranges.
 */
export async function problemsOf(objects: readonly KubeObject[]): Promise<string> {
  return typeProblems(objects) + (await schemaProblems(objects));
}

function typeProblems(objects: readonly KubeObject[]): string {
  const folder = mkdtempSync(join(tools, "check-"));
  try {
    const lines = objects.map((object, at) => {
      const type = `import("${moduleOf(object)}").I${object.kind}`;
      return `export const object${at}: ${type} = ${JSON.stringify(object, null, 1)};`;
    });
    writeFileSync(join(folder, "objects.ts"), lines.join("\n"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const options = [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "--types",
      "node",
    ];
    const compiler = join(root, "node_modules/.bin/tsc");
    const types = ["--typeRoots", join(root, "node_modules/@types")];
    return run(compiler, [...options, ...types, join(folder, "objects.ts")], { cwd: folder }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function schemaProblems(objects: readonly KubeObject[]): Promise<string> {
  const problems: string[] = [];
  for (const object of objects) {
    const file = join(tools, "node_modules", `${moduleOf(object)}.js`);
    const module = (await import(pathToFileURL(file).href)) as Record<
      string,
      new (
        data: object,
      ) => { validate(): void }
    >;
    const Model = module[object.kind];
    assert.ok(Model !== undefined, `${file} has no ${object.kind}`);
    try {
      new Model(object).validate();
    } catch (error) {
      problems.push(`${object.kind}: ${(error as Error).message}`);
    }
  }
  return problems.join("\n");
}

/** A volume as the kubelet makes it: files are links through `..data` into a folder with the time in its name. */
export async function mountVolume(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const data = join(folder, "..2026_01_01_00_00_00.123456789");
  await mkdir(data, { recursive: true });
  symlinkSync(data, join(folder, "..data"));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(data, name), text, { mode: 0o440 });
    symlinkSync(join("..data", name), join(folder, name));
  }
}
