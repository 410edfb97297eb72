// `thehub login CORE`: a person signs in to a remote Core, and the hub has the login from then on, whether it runs already or not.
import { systemClock } from "../../base/clock.ts";
import { HubError } from "../../base/errors.ts";
import { keepAwake } from "../../base/keep-awake.ts";
import { beginWithDevice } from "../../logins/device.ts";
import { type Loopback, openLoopback } from "../../logins/loopback.ts";
import { ownerName } from "../../logins/owner.ts";
import { page } from "../../logins/pages.ts";
import { obtain } from "../../logins/renewal.ts";
import { beginInBrowser } from "../../logins/signing-in.ts";
import { type LoginRecord, type Tokens, Vault } from "../../logins/vault.ts";
import { openInBrowser } from "../browser.ts";
import { type LoginOptions, type LoginScene, loginScene } from "../login-scene.ts";
import { prepareOrThrow } from "../prepare.ts";
import { isSystems, unusable } from "../state-dir.ts";
import { oneLine, printJson, type Terminal, table } from "../terminal.ts";

/** As long as a person may need to find the password, and the second factor. */
const patienceMs = 10 * 60_000;

/** Exit 0: signed in. 1: nobody did. 2: no such Core, or not one to sign in to. 3: the other side refused. */
export async function login(terminal: Terminal, core: string | undefined, options: LoginOptions): Promise<number> {
  if (options.list === true) return list(terminal, options);
  if (core === undefined) throw new HubError("usage", "name a Core of the manifest: thehub login CORE, or --list");
  const scene = await loginScene(terminal, core, options);
  const awake = keepAwake();
  try {
    if (scene.target.oauth.grant === "token-exchange") throw new HubError("usage", nothingToSignIn(core));
    if (scene.target.oauth.grant === "client_credentials") return await tryItself(terminal, scene, options);
    const record = await (options.device === true ? withDevice(terminal, scene) : inBrowser(terminal, scene, options));
    if (record === undefined) {
      terminal.stderr.write(`thehub: nobody signed in to ${oneLine(core)} within ${patienceMs / 60_000} minutes\n`);
      return 1;
    }
    sayDone(terminal, record, options);
    return 0;
  } finally {
    awake();
  }
}

function nothingToSignIn(core: string): string {
  return `there is nothing to sign in to: calls to ${core} go with what each client's person showed the hub (grant: token-exchange)`;
}

/** Undefined: the time was over. */
async function inBrowser(
  terminal: Terminal,
  { deps, target, owner }: LoginScene,
  { browser }: LoginOptions,
): Promise<LoginRecord | undefined> {
  const { core } = target;
  const loopback = await openFor({ deps, target, owner });
  try {
    const begun = await beginInBrowser(deps, { target, owner, redirectUrl: loopback.redirectUrl });
    terminal.stderr.write(`sign in to ${oneLine(core)} in a browser on this machine:\n  ${oneLine(begun.url)}\n`);
    if (browser !== false) openInBrowser(terminal, begun.url, process.platform);
    const answer = await inTime(loopback.answered(begun.state));
    if (answer === undefined) return undefined;
    try {
      const record = await begun.finish(answer.parameters);
      const text = [`The hub can use ${core} now. You can close this page and go back to the terminal.`];
      await answer.settle(page(200, "Signed in", text));
      return record;
    } catch (error) {
      const { message } = HubError.from(error);
      await answer.settle(page(502, "This did not work", [message, "Nothing was signed in. Go back to the terminal."]));
      throw error;
    }
  } finally {
    loopback.close();
  }
}

/** At the port that the authorization server knows from last time, if it is free: then the hub is registered there once. */
async function openFor({ deps, target, owner }: LoginScene): Promise<Loopback> {
  const { redirectUrl } = target.oauth;
  if (redirectUrl !== undefined) {
    return openLoopback(redirectUrl).catch((error: NodeJS.ErrnoException) => {
      throw new HubError(
        "login_failed",
        `auth.oauth.redirect_url ${redirectUrl} cannot be listened on (${error.code})`,
      );
    });
  }
  const found = await deps.vault.read(target.core, owner);
  const client = found.t === "login" ? found.record.client : undefined;
  const last = client?.isRegistered === true ? client.redirectUrl : undefined;
  if (last?.startsWith("http://127.0.0.1:") !== true) return openLoopback();
  return openLoopback(last).catch(() => openLoopback());
}

async function withDevice(terminal: Terminal, { deps, target, owner }: LoginScene): Promise<LoginRecord | undefined> {
  const begun = await beginWithDevice(deps, { target, owner, redirectUrl: undefined });
  const { url, userCode, completeUrl, expiresInMs } = begun;
  terminal.stderr.write(
    `sign in to ${oneLine(target.core)}: open ${oneLine(url)} on any device, and enter ${oneLine(userCode)}\n`,
  );
  if (completeUrl !== undefined) terminal.stderr.write(`  or open ${oneLine(completeUrl)}\n`);
  const stopped = new AbortController();
  const timer = systemClock.after(Math.min(patienceMs, expiresInMs), () => stopped.abort());
  try {
    return await begun.finish(stopped.signal);
  } catch (error) {
    if (stopped.signal.aborted) return undefined;
    throw error;
  } finally {
    timer.cancel();
  }
}

/** There is nobody to ask; whether it works is worth knowing all the same. */
async function tryItself(
  terminal: Terminal,
  { deps, target, owner }: LoginScene,
  options: LoginOptions,
): Promise<number> {
  const got = await obtain(deps, target, undefined, undefined);
  const { core } = target;
  if (got.t !== "tokens") throw new HubError("login_failed", `cannot sign in to Core ${core}: ${got.why}`, { core });
  const facts = { core, owner: ownerName(owner), ...tokenFacts(got.tokens) };
  if (options.json === true) printJson(terminal, { ...facts, kept: false });
  else terminal.stdout.write(`${oneLine(core)}: the hub signs in as itself, and can\n`);
  return 0;
}

async function inTime<T>(wanted: Promise<T>): Promise<T | undefined> {
  let end: () => void = () => {};
  const over = new Promise<undefined>((resolve) => {
    const timer = systemClock.after(patienceMs, () => resolve(undefined));
    end = () => timer.cancel();
  });
  try {
    return await Promise.race([wanted, over]);
  } finally {
    end();
  }
}

function sayDone(terminal: Terminal, record: LoginRecord, options: LoginOptions): void {
  const { core, owner, issuer, tokens } = record;
  const facts = { core, owner: ownerName(owner), issuer, ...(tokens === undefined ? {} : tokenFacts(tokens)) };
  if (options.json === true) {
    printJson(terminal, { ...facts, kept: true });
    return;
  }
  const whose = owner.t === "client" ? ` for client ${oneLine(owner.id)}` : "";
  terminal.stdout.write(`${oneLine(core)}: signed in${whose} at ${oneLine(issuer)}, ${lifeOf(tokens)}\n`);
  terminal.stdout.write("a hub that runs has it at once; thehub logout takes it back\n");
}

async function list(terminal: Terminal, options: LoginOptions): Promise<number> {
  const { settings } = prepareOrThrow(terminal, options);
  const { stateDir, stateKey: key } = settings;
  const vault = new Vault({ clock: systemClock, stateDir, key });
  const listed = await vault.list().catch((error) => {
    throw isSystems(error) ? unusable(stateDir, error) : error;
  });
  const logins = listed.map(({ core, owner, found }) => {
    const record = found.t === "login" ? found.record : undefined;
    const problem = found.t === "unreadable" ? found.why : undefined;
    return { core, owner, record, problem };
  });
  if (options.json === true) {
    const facts = logins.map(({ core, owner, record, problem }) => ({
      core,
      owner: ownerName(owner),
      ...(record === undefined ? { problem } : { url: record.url, issuer: record.issuer }),
      ...(record?.tokens === undefined ? {} : tokenFacts(record.tokens)),
      ...(record === undefined ? {} : { signed_in: record.tokens !== undefined }),
    }));
    printJson(terminal, { logins: facts });
    return 0;
  }
  if (logins.length === 0) {
    terminal.stderr.write(`no logins in ${stateDir}: thehub login CORE makes one\n`);
    return 0;
  }
  const rows = logins.map(({ core, owner, record, problem }) => [
    oneLine(core),
    oneLine(ownerName(owner)),
    oneLine(record?.issuer ?? ""),
    oneLine(problem ?? "") || (record?.tokens === undefined ? "ended: thehub login" : lifeOf(record.tokens)),
  ]);
  terminal.stdout.write(table(terminal, [["core", "owner", "signed in at", "good until"], ...rows]));
  return 0;
}

function tokenFacts({ scope, expiresAt, refresh }: Tokens): Record<string, unknown> {
  return {
    ...(scope === undefined ? {} : { scopes: scope.split(" ").filter((word) => word !== "") }),
    ...(expiresAt === undefined ? {} : { expires_at: new Date(expiresAt).toISOString() }),
    renewable: refresh !== undefined,
  };
}

function lifeOf(tokens: Tokens | undefined): string {
  if (tokens === undefined) return "ended";
  if (tokens.refresh !== undefined) return "renewed by itself";
  return tokens.expiresAt === undefined ? "until it is refused" : `until ${new Date(tokens.expiresAt).toISOString()}`;
}
