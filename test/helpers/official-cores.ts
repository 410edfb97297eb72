// The official servers as Cores, in a folder of their own: files, memory and everything.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./hub-process.ts";

export interface OfficialCores extends AsyncDisposable {
  /** What `files` serves; `note.txt` in it says `found me`. */
  readonly folder: string;
  readonly manifestFile: string;
}

const node = JSON.stringify(process.execPath);
const server = (name: string) =>
  JSON.stringify(join(root, `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`));

/** `more`: lines of further Cores, as they stand in the manifest. */
export async function officialCores(more = ""): Promise<OfficialCores> {
  const folder = await mkdtemp(join(tmpdir(), "thehub-official-"));
  const manifestFile = join(folder, "real.yaml");
  await writeFile(join(folder, "note.txt"), "found me\n");
  await writeFile(
    manifestFile,
    `cores:
  files:
    command: ${node}
    args: [${server("filesystem")}, ${JSON.stringify(folder)}]
    policy: { allow_destructive: true }
  memory:
    command: ${node}
    args: [${server("memory")}]
    env: { MEMORY_FILE_PATH: ${JSON.stringify(join(folder, "memory.jsonl"))} }
    policy: { allow_destructive: true }
  everything:
    command: ${node}
    args: [${server("everything")}]
${more}`,
  );
  return {
    folder,
    manifestFile,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
