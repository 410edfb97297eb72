// `thehub explain`: whether a client may use something, and which rule says so. The Cores are started, as only they know what they have.
import { HubError } from "../../base/errors.ts";
import { printable } from "../../base/printable.ts";
import type { Explained } from "../../catalog/view.ts";
import type { Hub } from "../../hub.ts";
import { rightsOf } from "../../identity/rights.ts";
import { mayUse } from "../../logins/owner.ts";
import { manifestPlaces } from "../../manifest/load.ts";
import { nearest } from "../../manifest/nearest.ts";
import { formatPath, type Path } from "../../manifest/problems.ts";
import { ownPrincipal, type Principal } from "../../sessions/principal.ts";
import { type ClaimedClient, claimedClient, readClaims } from "../claimed-client.ts";
import { explain as explainThing, explanationText, type Situation } from "../explanation.ts";
import { type Prepared, prepareOrThrow } from "../prepare.ts";
import { withHub } from "../started-cores.ts";
import { oneLine, paint, printJson, type Terminal } from "../terminal.ts";

interface ExplainOptions {
  readonly manifest?: string;
  readonly json?: boolean;
  /** A file of claims in place of a client. */
  readonly claims?: string;
}

/** `words`: client and name, or the name alone where claims say who it is. */
export async function explain(terminal: Terminal, words: readonly string[], options: ExplainOptions): Promise<number> {
  const prepared = prepareOrThrow(terminal, options);
  const [client = "", name = "", ...more] = options.claims === undefined ? words : ["", ...words];
  if (name === "" || more.length > 0) {
    throw new HubError("usage", "write thehub explain CLIENT NAME, or thehub explain --claims FILE NAME");
  }
  if (options.claims === undefined) return explainTo(terminal, prepared, client, name, options);
  const claims = await readClaims(terminal, options.claims);
  const claimed = claimedClient(claims, prepared.manifest.clients);
  if (options.json !== true) sayWho(terminal, prepared, claimed);
  if (claimed.client !== undefined) return explainTo(terminal, prepared, claimed.client, name, options, claimed);
  if (options.json === true)
    printReport(terminal, { ...claimed, client: null, asked: name, allowed: false, found: [] });
  return 1;
}

function sayWho(terminal: Terminal, { manifest, manifestPath }: Prepared, { client, others }: ClaimedClient): void {
  const place = manifestPlaces({ path: manifestPath, cwd: terminal.cwd });
  const at = client === undefined ? undefined : place(["clients", client, "jwt"]);
  const where = at === undefined ? "" : ` (${at.file}:${at.line}:${at.column})`;
  const nobody = manifest.clients.some(({ jwt }) => jwt !== undefined)
    ? "no client's: a token with these claims is refused"
    : "no client's: no client of the manifest has jwt";
  const line = client === undefined ? nobody : `client ${client}, by ${formatPath(["clients", client, "jwt"])}${where}`;
  terminal.stdout.write(`these claims are ${line}\n`);
  for (const other of others) terminal.stdout.write(`  not ${oneLine(`${other.client}: ${other.why}`)}\n`);
}

function printReport(terminal: Terminal, report: object): void {
  printJson(terminal, report);
}

/** Exit 0 when it is allowed, 1 when it is not or is not there, 3 when it may be a Core's that is not up. */
function explainTo(
  terminal: Terminal,
  prepared: Prepared,
  client: string,
  name: string,
  options: ExplainOptions,
  claimed?: ClaimedClient,
): Promise<number> {
  const principal = principalOf(client, prepared);
  return withHub(terminal, prepared, async (hub) => {
    const found = meaningsOf(hub, principal, name);
    const situation = situationOf(terminal, prepared, principal);
    const explanations = found.map((thing) => explainThing(thing, situation));
    const isAllowed = explanations.some(({ allowed }) => allowed);
    const missing = hub.summaries().flatMap(({ core }) => hub.trouble(core) ?? []);
    if (options.json === true) {
      const others = claimed === undefined ? {} : { others: claimed.others };
      printReport(terminal, { client, ...others, asked: name, allowed: isAllowed, found: explanations });
    } else {
      for (const one of explanations) {
        const [first = "", ...more] = explanationText(client, one).map(oneLined);
        terminal.stdout.write(
          `${paint(terminal, one.allowed ? "green" : "red", first)}\n${more.map((line) => `${line}\n`).join("")}`,
        );
      }
    }
    if (found.length > 0) return isAllowed ? 0 : 1;
    terminal.stderr.write(`thehub: no core has ${oneLine(`${JSON.stringify(name)}${suggestion(hub, name)}`)}\n`);
    for (const trouble of missing) terminal.stderr.write(`${printable(trouble)}\n`);
    return missing.length > 0 ? 3 : 1;
  });
}

/** Named clients, and the two that no manifest names. */
function principalOf(client: string, { manifest }: Prepared): Principal {
  const named = manifest.clients.find(({ name }) => name === client);
  if (named !== undefined) {
    return { ...ownPrincipal(client, { admin: false, shared: false }), client, ...rightsOf(named) };
  }
  if (client === "token" || client === "anonymous") return ownPrincipal(client, { admin: false, shared: true });
  const known = [...manifest.clients.map(({ name }) => name), "token", "anonymous"];
  const near = nearest(client, known);
  const hint = near === undefined ? `write one of ${known.join(", ")}` : `did you mean ${near}?`;
  throw new HubError("usage", `there is no client ${JSON.stringify(client)}; ${hint}`);
}

/** What the name means to the client: what it would get, or, where that is nothing, what is hidden from it under that name. */
function meaningsOf(hub: Hub, principal: Principal, name: string): readonly Explained[] {
  const view = hub.view(principal);
  const all = view.meanings(name);
  const got = [view.tool(name), view.prompt(name)].flatMap((found) =>
    found?.t === "found" ? [found.route.canonical] : [],
  );
  const meant = all.filter(({ kind, id }) => (kind === "tool" || kind === "prompt") && got.includes(id));
  if (meant.length > 0) return meant;
  if (all.length > 0) return all;
  // A uri that no list has, of a template or of a Core that may be asked anything.
  const resource = hub.view(hub.everyone).resource(name);
  if (resource === undefined) return [];
  const { core, nativeUri } = resource;
  const like = view
    .explain()
    .find((thing) => thing.core === core && (thing.kind === "template" || thing.kind === "resource"));
  return like === undefined ? [] : [{ ...like, kind: "resource", id: nativeUri, exposed: name }];
}

function situationOf(
  { cwd }: Terminal,
  { manifest, settings, manifestPath }: Prepared,
  principal: Principal,
): Situation {
  const coreOf = (key: string) => manifest.cores.find((core) => core.key === key);
  return {
    principal,
    decides: settings.decision !== undefined,
    place: manifestPlaces({ path: manifestPath, cwd }),
    tagsOf: (core) => coreOf(core)?.tags ?? [],
    namespaceOf: (core) => coreOf(core)?.namespace ?? core,
    rulesAt: (path) => rulesAt(path, { manifest, settings }),
    withheld: (key) => {
      const login = coreOf(key)?.login;
      if (login === undefined) return undefined;
      const house = { anonymous: settings.anonymous, isOwnClient: false };
      const use = mayUse({ core: key, credentials: login.credentials }, principal, house);
      return use.t === "no" ? use.error.message : undefined;
    },
  };
}

/** The lists that rules stand in. */
function rulesAt(
  [section, key, ...rest]: Path,
  { manifest, settings }: Pick<Prepared, "manifest" | "settings">,
): readonly string[] | undefined {
  if (section === "hub") return rest[0] === "allow_tools" ? settings.policy.allowTools : settings.policy.denyTools;
  if (section === "clients") {
    const client = manifest.clients.find(({ name }) => name === key);
    return rest[0] === "allow" ? client?.allow : client?.deny;
  }
  return rest[1] === "deny_tools" ? manifest.cores.find((core) => core.key === key)?.policy.denyTools : undefined;
}

function suggestion(hub: Hub, name: string): string {
  const known = hub.view(hub.everyone).explain();
  const near = nearest(name, new Set(known.flatMap(({ id, exposed }) => [id, exposed])));
  return near === undefined ? "; thehub list --all shows what there is" : `; did you mean ${near}?`;
}

/** Names are a Core's words. The indentation is ours. */
function oneLined(line: string): string {
  return `${line.startsWith("  ") ? "  " : ""}${oneLine(line)}`;
}
