// How the hub's own authorization server gets to what clients say of themselves, at addresses that somebody unknown has named.
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Clock } from "../base/clock.ts";
import { proxyAgents } from "../links/proxy-agents.ts";
import { type Reach, reachOf } from "../links/reach.ts";
import { createFetch, type Fetch, FetchFailed } from "../logins/fetch.ts";

export interface DocumentAskDeps {
  readonly clock: Clock;
  /** Also in a private network. */
  readonly allowPrivate: boolean;
  /** Where proxies are named. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** In place of the system's. */
  readonly lookup?: Lookup;
}

export type Lookup = (name: string) => Promise<readonly { readonly address: string }[]>;

export function documentAsk({ clock, allowPrivate, env, lookup = everyAddress }: DocumentAskDeps): Fetch {
  const agent = proxyAgents(env);
  const reach = reachOf(allowPrivate);
  const fetch = createFetch({ clock, reach, agent });
  if (allowPrivate) return fetch;
  return async (given, init) => {
    const url = new URL(given);
    // Straight, the addresses are judged as they are connected to. A proxy looks the name up itself, where the hub cannot see it.
    if (agent(url) !== undefined) {
      const why = await orAborted(refusedName(url, reach, lookup), init?.signal);
      if (why !== undefined) throw new FetchFailed(`${url.origin}${url.pathname} is not asked: ${why}`);
    }
    return fetch(url, init);
  };
}

/** Why a proxy is not asked for it: of all that the name leads to here, nothing may be private, as nobody knows which the proxy takes. */
async function refusedName({ hostname }: URL, reach: Reach, lookup: Lookup): Promise<string | undefined> {
  // Judged by itself.
  if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0) return undefined;
  const found = await lookup(hostname).catch(() => []);
  if (found.length > 0) return found.map(({ address }) => reach.refuses(address)).find((why) => why !== undefined);
  return "a proxy would look it up, and it has no address here: write allow_private: true if the proxy keeps the hub from internal names";
}

const everyAddress: Lookup = (name) => lookup(name, { all: true });

function orAborted<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (signal === null || signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const aborted = () => reject(new FetchFailed("it is not needed any more"));
    if (signal.aborted) aborted();
    signal.addEventListener("abort", aborted, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
  });
}
