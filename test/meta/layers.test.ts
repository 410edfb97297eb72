// The layer table of ARCHITECTURE.md is the rule; this test reads it and holds every import against it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const src = join(root, "src");

interface Row {
  readonly values: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
}

function layerTable(): Map<string, Row> {
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const [, section = ""] = text.split("\n## Layers\n");
  const rows = new Map<string, Row>();
  for (const line of section.split("\n## ")[0]?.split("\n") ?? []) {
    const cells = line.split("|").map((cell) => cell.trim());
    const [, layer, values, types] = cells;
    if (layer === undefined || values === undefined || types === undefined) continue;
    if (layer === "layer" || layer.startsWith("---")) continue;
    const list = (cell: string) =>
      cell
        .split(",")
        .map((word) => word.trim())
        .filter((word) => word !== "");
    rows.set(layer, { values: new Set(list(values)), types: new Set([...list(values), ...list(types)]) });
  }
  return rows;
}

function sourceFiles(): string[] {
  return readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
}

const layerOf = (file: string): string => {
  const [first = ""] = file.split("/");
  return first === "hub.ts" ? "hub" : first;
};

test("layers: every import goes where the table of ARCHITECTURE.md allows", () => {
  const table = layerTable();
  assert.ok(table.size >= 10, "the layer table could not be read");
  const wrong: string[] = [];
  for (const file of sourceFiles()) {
    const layer = layerOf(file);
    const row = table.get(layer);
    assert.ok(row !== undefined, `src/${file}: layer "${layer}" is not in the table`);
    const text = readFileSync(join(src, file), "utf8");
    for (const [, typeOnly, path = ""] of text.matchAll(/^(?:import|export)\s+(type\s+)?[^;]*?from\s+"(\.[^"]+)"/gms)) {
      const target = relative(src, join(dirname(join(src, file)), path));
      const to = layerOf(target);
      if (to === layer || target.startsWith("..")) continue;
      const allowed = typeOnly === undefined ? row.values : row.types;
      if (!allowed.has(to)) wrong.push(`src/${file} imports ${path}${typeOnly === undefined ? "" : " (types)"}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("layers: only the command line reads process.env and argv", () => {
  const wrong = sourceFiles().filter((file) => {
    if (file.startsWith("cli/")) return false;
    return /process\.(env|argv)\b/.test(readFileSync(join(src, file), "utf8"));
  });
  assert.deepEqual(wrong, []);
});

test("files: no source file has more than 400 lines, except the generated ones", () => {
  const long = sourceFiles().filter((file) => {
    if (file === "manifest/model.ts" || file === "manifest/validator.ts") return false;
    return readFileSync(join(src, file), "utf8").split("\n").length > 401;
  });
  assert.deepEqual(long, []);
});
