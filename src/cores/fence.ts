// The fence around a Core's process: what the hub's user may do, and a Core of the same user may not. Linux has it, by Landlock
// (docs/decisions/0039-fence.md); elsewhere, and where the kernel or a container's profile refuses, Cores start without it, which is logged.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { getSystemErrorName } from "node:util";
import type { Log } from "../telemetry/log.ts";
import { findCommand } from "./command.ts";
import { knownAbi, launcher, perlVariables } from "./fence-launcher.ts";
import { type FencedFiles, type FileTree, fencedFiles, fileTree } from "./fence-paths.ts";

export interface FenceRules {
  /** `required`: a Core that cannot be fenced does not start. */
  readonly mode: "auto" | "required" | "off";
  /** Files and folders that are the hub's alone, whether they are there already or are made later. */
  readonly closed: readonly string[];
  /** The same, of which nothing says that there will be any: closed where they are there as a Core starts. */
  readonly closedIfThere: readonly string[];
  /** A folder within these, in which each Core has a HOME of its own that is open to it; undefined: they share the hub's, which is not closed. */
  readonly homes: string | undefined;
}

export interface FenceDeps {
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  /** Where Perl is sought. */
  readonly path: string;
  /** As they are now. */
  rules(): FenceRules;
  /** Other than this machine's. */
  readonly arch?: NodeJS.Architecture;
  readonly abi?: number;
  readonly tree?: FileTree;
}

/** A program, as it would be started without a fence. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export type Fenced =
  | { readonly t: "fenced"; readonly program: Program; outcome(report: string): Failure | undefined }
  | { readonly t: "plain" }
  | { readonly t: "refused"; readonly reason: string };

/** Why the Core's program was not started: an error of the system's, or the fence that there must be. */
export type Failure = { readonly code: string } | { readonly reason: string };

/** prctl(2) by machine, and prlimit(2) as the launcher takes it; the calls of Landlock have the same numbers on all of them. */
const numbers: Readonly<Partial<Record<NodeJS.Architecture, readonly [prctl: string, prlimit: string]>>> = {
  x64: ["157", "c000003e 302 40000003 340"],
  arm64: ["167", "c00000b7 261 40000028 369"],
  riscv64: ["167", "c00000f3 261 400000f3 261"],
  loong64: ["167", "c0000102 261"],
  arm: ["172", "40000028 369 c00000b7 261"],
  ia32: ["172", "40000003 340 c000003e 302"],
  ppc64: ["171", "c0000015 325 80000015 325"],
  s390x: ["172", "80000016 334 16 334"],
};

export class Fence {
  readonly #deps: FenceDeps;
  #perl: string | undefined;
  #said = "";

  constructor(deps: FenceDeps) {
    this.#deps = deps;
  }

  /** The HOME of a Core, made if need be; undefined: the hub's is its too. */
  home(namespace: string): string | undefined {
    const { homes } = this.#deps.rules();
    if (homes === undefined) return undefined;
    const home = join(homes, namespace);
    for (const folder of [homes, home]) {
      try {
        mkdirSync(folder, 0o700);
      } catch {
        // It is there; or cannot be made: then its Core cannot write to it, and will say so.
      }
    }
    return home;
  }

  around(program: Program): Fenced {
    const {
      rules,
      platform,
      path,
      arch = process.arch as NodeJS.Architecture,
      abi = knownAbi,
      tree = fileTree,
    } = this.#deps;
    const { mode, closed, closedIfThere, homes } = rules();
    if (mode === "off") return { t: "plain" };
    if (platform !== "linux") return this.#without(mode, "only Linux can fence processes of one user");
    const calls = numbers[arch];
    if (calls === undefined) return this.#without(mode, `nobody has tried it on ${arch}`);
    const found = this.#perl ?? findCommand({ command: "perl", cwd: "/", env: { PATH: path }, platform });
    if (typeof found !== "string" && found.t === "missing") {
      return this.#without(mode, "it is put up by perl, which is not on the PATH; install it (Debian: perl-base)");
    }
    this.#perl = typeof found === "string" ? found : found.file;
    const home = program.env["HOME"];
    const isOwn = homes !== undefined && home !== undefined && `${home}/`.startsWith(`${homes}/`);
    const there = closedIfThere.filter((place) => tree.real(place) !== undefined);
    const files = fencedFiles([...closed, ...there], isOwn ? [home] : [], tree);
    const held = perlVariables.filter((name) => program.env[name] !== undefined);
    const env: Record<string, string> = { ...program.env, PERL_BADLANG: "0" };
    for (const name of held) if (name !== "PERL_BADLANG") delete env[name];
    const args = [
      ...["-e", launcher, "--", mode === "required" ? "must" : "may", ...calls, `${abi}`],
      ...[`${held.length}`, `${files.open.length}`],
      ...held.map((name) => `${name}=${program.env[name]}`),
      ...files.open,
      ...[program.file, ...program.args],
    ];
    return {
      t: "fenced",
      program: { file: this.#perl, args, env },
      outcome: (report) => this.#outcome(report, mode, files),
    };
  }

  #outcome(report: string, mode: FenceRules["mode"], { closed, inReach }: FencedFiles): Failure | undefined {
    const [first = "", ...more] = report.trim().split("\n");
    const [word, ...values] = first.split(" ");
    if (word === "fenced") {
      const fields = { abi: Number(values[0]), closed, in_reach: inReach };
      if (this.#isNew(fields)) this.#deps.log.debug("cores_fenced", fields);
    } else if (word === "bare") {
      const [step = "", error, abi] = values;
      const reason = bareReason(step, Number(error), Number(abi));
      const bare = this.#without(mode, reason);
      if (bare.t === "refused") return bare;
    } else return { reason: "the fence could not be put up: perl ended early" };
    const failed = more.find((line) => line.startsWith("failed "))?.slice("failed ".length);
    return failed === undefined ? undefined : { code: getSystemErrorName(-Number(failed)) };
  }

  #without(mode: FenceRules["mode"], why: string): Fenced & { t: "plain" | "refused" } {
    if (mode === "required") {
      return { t: "refused", reason: `must be fenced (fence: required), and cannot be here: ${why}` };
    }
    const { log, platform } = this.#deps;
    const fields = { reason: why };
    if (this.#isNew(fields)) {
      if (platform === "linux") log.warn("cores_unfenced", fields);
      // Elsewhere nobody would expect it.
      else log.debug("cores_unfenced", fields);
    }
    return { t: "plain" };
  }

  /** Whether something else was said last. */
  #isNew(fields: object): boolean {
    const text = JSON.stringify(fields);
    if (text === this.#said) return false;
    this.#said = text;
    return true;
  }
}

function bareReason(step: string, errno: number, abi: number): string {
  const code = errno > 0 ? getSystemErrorName(-errno) : "";
  if (step === "capabilities")
    return "the hub has root's capabilities, which no fence holds; give it a user of its own";
  if (step !== "version") return `${step === "filter" ? "seccomp" : "Landlock"} refused (${step}: ${code})`;
  if (abi === 1) return "the kernel's Landlock is too old; Linux 5.19 has a newer one";
  if (code === "ENOSYS") return "the kernel has no Landlock; Linux has it since 5.13, and this needs 5.19";
  if (code === "ENOTSUP") return "the kernel was started without Landlock; add landlock to lsm= of its command line";
  if (code === "EPERM")
    return "the container's seccomp profile forbids Landlock; newer profiles of Docker and containerd allow it";
  return `Landlock refused (${code})`;
}
