// What no schema can say: rules between the parts of a manifest, over all its files at once. Works on values as written,
// which may have the wrong shape, so that every problem is found in one run.
import {
  type Parsed,
  parseBasePath,
  parseHosts,
  parseListen,
  parseNetworks,
  parseOrigins,
  parseProxies,
  parsePublicUrl,
} from "./addresses.ts";
import { checkArguments } from "./argument-rules.ts";
import { checkClients } from "./client-rules.ts";
import { checkCore } from "./core-rules.ts";
import { checkRules } from "./glob-rules.ts";
import { checkIdentity } from "./identity-rules.ts";
import { checkWhose } from "./login-rules.ts";
import { namespaceOf, reservedNamespaces } from "./namespaces.ts";
import { type Entry, type Parts, placeOf, type Report } from "./parts.ts";
import { formatPath } from "./problems.ts";
import { checkProfiles } from "./profile-rules.ts";
import { record, text, texts } from "./values.ts";

export function checkParts(parts: Parts, report: Report): void {
  checkHub(parts, report);
  checkClients(parts, report);
  for (const core of parts.cores) checkCore(core, report);
  checkNamespaces(parts.cores, report);
  checkExposed(parts, report);
  checkProfiles(parts, report);
  checkRules(parts, report);
  for (const client of parts.clients) checkArguments(client, report);
  checkWhose(parts, report);
  checkIdentity(parts, report);
}

function checkHub(parts: Parts, report: Report): void {
  const { hub } = parts;
  const values = record(hub?.value);
  if (hub === undefined || values === undefined) return;
  const check = (key: string, parsed: Parsed<unknown>): void => {
    if (parsed.t === "bad")
      report({ source: hub.source, path: ["hub", key], on: "value" }, "error", parsed.message, parsed.hint);
  };
  for (const key of ["listen", "admin_listen"]) {
    const listen = text(values[key]) ?? texts(values[key]);
    if (listen !== undefined) check(key, parseListen([listen].flat()));
  }
  const basePath = text(values["base_path"]);
  if (basePath !== undefined) check("base_path", parseBasePath(basePath));
  const publicUrl = text(values["public_url"]);
  if (publicUrl !== undefined) check("public_url", parsePublicUrl(publicUrl));
  check("allow_hosts", parseHosts(texts(values["allow_hosts"]) ?? []));
  check("allow_origins", parseOrigins(texts(values["allow_origins"]) ?? []));
  check("allow_ips", parseNetworks(texts(values["allow_ips"]) ?? []));
  check("trusted_proxies", parseProxies(texts(values["trusted_proxies"]) ?? []));
}

function checkNamespaces(cores: readonly Entry[], report: Report): void {
  const taken = new Map<string, Entry>();
  for (const core of cores) {
    const given = text(record(core.value)?.["namespace"]);
    const namespace = given ?? namespaceOf(core.key);
    const at = { source: core.source, path: given === undefined ? core.path : [...core.path, "namespace"] };
    if (namespace === undefined) {
      report(at, "error", "no namespace can be made from this key", "add namespace: with small letters, digits and -");
      continue;
    }
    if (reservedNamespaces.includes(namespace)) {
      report(
        at,
        "error",
        `the namespace ${namespace} is the hub's own`,
        `add namespace: ${namespace}-core, or rename the Core`,
      );
      continue;
    }
    const first = taken.get(namespace);
    if (first !== undefined) {
      const message = `the namespace ${namespace} is already that of ${formatPath(first.path)} at ${placeOf(first)}`;
      report(at, "error", message, `add namespace: ${namespace}-2, or any other that is free`);
      continue;
    }
    taken.set(namespace, core);
    if (given === undefined && namespace !== core.key) {
      report(at, "info", `the namespace is ${namespace}, made from the key`, "add namespace: to choose another");
    }
  }
}

function checkExposed(parts: Parts, report: Report): void {
  const names = record(record(parts.hub?.value)?.["names"]);
  const maxLength = typeof names?.["max_length"] === "number" ? names["max_length"] : 64;
  const taken = new Map<string, Entry>();
  for (const core of parts.cores) {
    for (const [tool, override] of Object.entries(record(record(core.value)?.["tools"]) ?? {})) {
      const expose = text(record(override)?.["expose"]);
      if (expose === undefined) continue;
      const path = [...core.path, "tools", tool, "expose"];
      const at = { source: core.source, path };
      const first = taken.get(expose);
      if (first === undefined) taken.set(expose, { ...core, path });
      else
        report(
          at,
          "error",
          `${expose} is already exposed by ${formatPath(first.path)} at ${placeOf(first)}`,
          "expose one of them under another name",
        );
      if (expose.length > maxLength) {
        report(
          at,
          "error",
          `${expose.length} characters: longer than hub.names.max_length ${maxLength}`,
          "write a shorter name",
        );
      }
    }
  }
}
