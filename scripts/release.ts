// What a release needs to know about its version, for .github/workflows/release.yml and for whoever prepares one:
//   node --import tsx scripts/release.ts check v1.2.3     every place that names the version, names this one
//   node --import tsx scripts/release.ts notes v1.2.3     its part of CHANGELOG.md
//   node --import tsx scripts/release.ts tags v1.2.3      the image tags it gets, given all of git's tags on stdin
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { imageTags, notesOf, versionOfTag, versionProblems } from "./release-rules.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const [command = "", tag = ""] = process.argv.slice(2);
const version = versionOfTag(tag);

function check(): void {
  const chart = parse(read("deploy/helm/thehub/Chart.yaml")) as { version: string; appVersion: string };
  const base = parse(read("deploy/kubernetes/base/kustomization.yaml")) as { images: { newTag: string }[] };
  const problems = versionProblems(version, {
    "package.json": (JSON.parse(read("package.json")) as { version: string }).version,
    "package-lock.json": (JSON.parse(read("package-lock.json")) as { version: string }).version,
    "deploy/helm/thehub/Chart.yaml, version": chart.version,
    "deploy/helm/thehub/Chart.yaml, appVersion": chart.appVersion,
    "deploy/kubernetes/base/kustomization.yaml, newTag": base.images[0]?.newTag,
    "CHANGELOG.md, the topmost part": /^## (\S+)/m.exec(read("CHANGELOG.md"))?.[1],
  });
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`everything says ${version}`);
}

if (command === "check") check();
else if (command === "notes") console.log(notesOf(read("CHANGELOG.md"), version));
else if (command === "tags") console.log(imageTags(version, readFileSync(0, "utf8").split(/\s+/)).join("\n"));
else throw new Error(`unknown command ${JSON.stringify(command)}; there are check, notes and tags`);
