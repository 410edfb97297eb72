// What a subject is started with: the Core's command line, and for the hub a folder with a manifest and its environment.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SubjectOptions } from "./subjects.ts";

const coreFile = fileURLToPath(new URL("core.mjs", import.meta.url));

/** Both are presented in every run, so that checking one and masking both are part of what is measured. */
export const clientToken = "bench-client-token-Zq81LmXv03";
export const coreSecret = "bS7kQ0vXw2Rr9TzLm4NpYc6HdJf1GaEu8KiOtVe5";

/** Rates that are counted, and that nobody reaches. */
const plenty = 1_000_000;
const plentyOfBytes = 1_000_000_000_000;

/** Goes on in `hub:`. */
const allGates: readonly string[] = [
  "  allow_ips: [loopback, 192.0.2.0/24, 2001:db8::/32]",
  "  policy: { deny_tools: ['*.delete_*'] }",
  "clients:",
  ...["one", "two", "three"].map((name) => `  ${name}: { token_sha256: "${sha256(`not the token of ${name}`)}" }`),
  "  bench:",
  `    token_sha256: "${sha256(clientToken)}"`,
  "    allow: ['bench*.*', '#prod']",
  "    deny: ['*.write_*', '*.drop_*']",
  "    read_only: false",
  "    allow_ips: [loopback]",
  `    limits: { max_concurrency: 256, max_queue: 1024, rate_limit_rps: ${plenty}, rate_limit_bytes: ${plentyOfBytes} }`,
];

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** For one Core with all the tools. */
export function coreArgs(options: SubjectOptions): string[] {
  return [coreFile, "--tools", String((options.toolsPerCore ?? 8) * (options.cores ?? 1))];
}

/** A scratch folder that is also removed when a run is interrupted. */
export function scratchFolder() {
  const folder = mkdtempSync(join(tmpdir(), "thehub-bench-"));
  const removeNow = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", removeNow);
  return {
    folder,
    remove() {
      process.off("exit", removeNow);
      removeNow();
    },
  };
}

/** A manifest and a state folder for one hub, in a folder of their own. `remotePort`: it has a Core `far` as well, which listens there. */
export function hubPlace(options: SubjectOptions, remotePort?: number) {
  const { folder, remove } = scratchFolder();
  const cores = options.cores ?? 1;
  const { gates } = options;
  const lines = ["hub:", "  limits: { max_concurrency_per_client: 256, max_queue_per_client: 1024 }"];
  if (gates === "all") lines.push(...allGates);
  lines.push("cores:");
  for (let n = 0; n < cores; n++) {
    const name = n === 0 ? "bench" : `bench${n + 1}`;
    lines.push(
      `  ${name}:`,
      `    command: ${JSON.stringify(process.execPath)}`,
      `    args: ${JSON.stringify([coreFile, "--tools", String(options.toolsPerCore ?? 8), ...(options.isModern === true ? ["--modern"] : [])])}`,
      "    secrets: [TOKEN]",
      gates === "all"
        ? `    policy: { max_concurrency: 256, rate_limit_rps: ${plenty}, rate_limit_bytes: ${plentyOfBytes} }`
        : "    policy: { max_concurrency: 256 }",
    );
    if (gates === "all")
      lines.push(`    tools: { echo: { limits: { max_concurrency: 256, rate_limit_rps: ${plenty} } } }`);
  }
  if (remotePort !== undefined) {
    lines.push("  far:", `    url: http://127.0.0.1:${remotePort}/mcp`, "    transport: streamable-http");
    lines.push("    allow_private: true", "    policy: { max_concurrency: 256 }");
  }
  const manifest = join(folder, "hub.yaml");
  writeFileSync(manifest, `${lines.join("\n")}\n`);
  const state = join(folder, "state");
  mkdirSync(state);
  return {
    manifest,
    remove,
    env: {
      HUB_STATE_DIR: state,
      ...(gates === undefined ? { HUB_TOKEN: clientToken } : {}),
      HUB_SECRET_TOKEN: coreSecret,
      HUB_SECRET_BENCH_TOKEN: coreSecret,
      HUB_LOG_LEVEL: "warn",
    },
  };
}
