// An instance that is a container: the engine's command line runs as the Core's process, and the container is removed for certain when that has
// ended, however it did: a command line that is killed leaves its container running.

import { isEngineVariable } from "../manifest/engine-variables.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import { containerName, findEngine, runArguments } from "./container.ts";
import { removeContainer } from "./container-removal.ts";
import { childEnvironment, type Host } from "./environment.ts";
import type { InstanceDeps, InstanceEvents } from "./instance.ts";
import { type ProcessOptions, type ProcessStart, startProcessInstance } from "./process-instance.ts";

/** By which the engine's command line finds its engine, and what it needs itself. */
const engineNames = [
  ...["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"],
  ...["CONTAINER_HOST", "XDG_RUNTIME_DIR", "HOME", "TMPDIR"],
];

export interface ContainerOptions extends Omit<ProcessOptions, "launch" | "after"> {
  readonly definition: ResolvedCore;
  readonly secrets: Parameters<typeof childEnvironment>[1]["secrets"];
  readonly host: Host;
  /** Of this instance in the hub. */
  readonly n: number;
}

export function startContainerInstance(
  options: ContainerOptions,
  deps: InstanceDeps,
  events: InstanceEvents,
): ProcessStart {
  const { definition, secrets, host, n, marker } = options;
  const { container: spec, namespace, args, cwd, inheritEnv } = definition;
  if (spec === undefined) throw new Error(`core ${definition.key} has no container`);
  const written = Object.entries(definition.env);
  const outright = Object.fromEntries(written.filter(([name]) => isEngineVariable(name)));
  const given = Object.fromEntries(written.filter(([name]) => !isEngineVariable(name)));
  const own = engineEnvironment(host);
  const engine = findEngine(spec.engine, { cwd, env: own, platform: host.platform });
  if (engine.t === "missing") return { t: "refused", fall: { code: "core_down", reason: engine.reason, fatal: true } };
  const name = containerName(host.hubId, namespace, n);
  const inherited = inheritEnv.filter((variable) => !isEngineVariable(variable) && host.env(variable) !== undefined);
  const variables = [...new Set([...inherited, ...Object.keys(given), ...secrets.keys()])];
  const env = {
    ...childEnvironment(host, { inheritEnv: [...engineNames, ...inherited], env: given, secrets, marker }),
  };
  const launch = {
    command: engine.file,
    args: runArguments({ spec, name, hubId: host.hubId, args, variables, outright }),
    cwd,
    env,
  };
  host.usesEngine?.(engine.file, own);
  const after = async () => {
    const reason = await removeContainer(name, { file: engine.file, env: own });
    if (reason !== undefined) deps.log.warn("container_not_removed", { container: name, reason });
  };
  return startProcessInstance({ ...options, launch, after }, deps, events);
}

/** Without the mark of the hub's processes: what removes a container may have to outlive the hub. */
function engineEnvironment(host: Host): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of engineNames) {
    const value = host.env(name);
    if (value !== undefined) env[name] = value;
  }
  const path = childEnvironment(host, { inheritEnv: [], env: {}, secrets: new Map(), marker: "" })["PATH"];
  return { ...env, PATH: path ?? "" };
}
