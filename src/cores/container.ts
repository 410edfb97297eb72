// A Core in a container: how the engine's command line is told to run it. Pure, but for looking for the engine.

import type { ContainerSpec } from "../manifest/manifest.ts";
import { findCommand } from "./command.ts";

/** On every container of a hub: by it those are found that outlived their hub. */
export const hubLabel = "thehub.hub";

export interface ContainerRun {
  readonly spec: ContainerSpec;
  readonly name: string;
  readonly hubId: string;
  /** Of the program in the image. */
  readonly args: readonly string[];
  /** Variables that the container gets; their values come from the engine's own environment, so that no argument holds one. */
  readonly variables: readonly string[];
  /** Not secret, and not the engine's to act on: said outright. */
  readonly outright: Readonly<Record<string, string>>;
}

/** The arguments of `docker` or `podman`. */
export function runArguments({ spec, name, hubId, args, variables, outright }: ContainerRun): string[] {
  const { image, network, mounts, memory, pids, user, writable } = spec;
  return [
    "run",
    "--rm",
    "--interactive",
    // Something has to forward signals and collect what the Core leaves behind.
    "--init",
    ...["--name", name, "--label", `${hubLabel}=${hubId}`],
    // Its stdout is messages: the engine would write each of them to a file.
    ...["--log-driver", "none"],
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    ...(writable ? [] : ["--read-only", "--tmpfs", "/tmp:rw,nosuid,nodev,size=64m,mode=1777"]),
    ...["--network", network],
    ...["--memory", memory, "--memory-swap", memory, "--pids-limit", String(pids)],
    ...(user === undefined ? [] : ["--user", user]),
    ...mounts.flatMap(({ source, target, writable: mayWrite }) => [
      "--mount",
      `type=bind,source=${source},target=${target}${mayWrite ? "" : ",readonly"}`,
    ]),
    ...variables.flatMap((variable) => ["--env", variable]),
    ...Object.entries(outright).flatMap(([variable, value]) => ["--env", `${variable}=${value}`]),
    image,
    ...args,
  ];
}

export type FoundEngine =
  | { readonly t: "found"; readonly file: string }
  /** A phrase that follows the Core's name. */
  | { readonly t: "missing"; readonly reason: string };

export function findEngine(
  wanted: ContainerSpec["engine"],
  query: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly platform: NodeJS.Platform },
): FoundEngine {
  const names = wanted === "auto" ? ["docker", "podman"] : [wanted];
  for (const command of names) {
    const found = findCommand({ ...query, command });
    if (found.t === "found") return found;
  }
  const path = query.env["PATH"] ?? "";
  const what = names.join(" nor ");
  return {
    t: "missing",
    reason:
      `runs in a container, and ${names.length > 1 ? "neither " : "no "}${what} was found on PATH (${path === "" ? "which is empty" : path}); ` +
      "install Docker Engine or Podman, or write the Core as a command",
  };
}

/** Engines hold names to these characters. */
export function containerName(hubId: string, namespace: string, n: number): string {
  return `thehub-${hubId}-${namespace}-${n}`;
}
