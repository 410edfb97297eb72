// The hub's own authorization server, as the doors see it: everything below /oauth/ that lets a client in, and where clients read how. Nobody has
// shown a token yet who asks here: each path says itself what it takes, how often, and how much.
import type { IncomingMessage, ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import type { Clock } from "../../base/clock.ts";
import type { Page } from "../../base/page.ts";
import type { Log } from "../../telemetry/log.ts";
import type { Asker } from "../asker.ts";
import { authorizationQuery, presentAs, tokenFields } from "./asked.ts";
import { Budget } from "./budget.ts";
import { judgeMetadata } from "./client-metadata.ts";
import { Consent, type ConsentDeps } from "./consent.ts";
import { documentFetch } from "./documents.ts";
import { metadataOf } from "./metadata.ts";
import { isServerMetadata } from "./open-paths.ts";
import { failurePage } from "./pages.ts";
import { paths } from "./paths.ts";
import { type Ask, createProvider } from "./provider.ts";
import { hostOfRedirect } from "./redirect-rules.ts";
import type { Store } from "./store.ts";

export interface AuthorizationServerDeps extends Pick<ConsentDeps, "person" | "granted" | "isGood"> {
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  readonly store: Store;
  /** Without a slash at its end. */
  readonly publicUrl: string;
  /** HTTP to addresses that somebody unknown names: within limits of size, time and place. */
  readonly fetch: Ask;
  /** For whoever counts: a person said no, or a client went on with another token. */
  happened(what: "denied" | "refreshed"): void;
}

/** A minute, from one address and from all. */
const registrations = [10, 120] as const;
const documents = [20, 120] as const;
const authorizations = [60, 600] as const;

/** Nothing of it belongs into a cache or a frame, unless it says so itself. */
const headers: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

export class AuthorizationServer {
  readonly #deps: AuthorizationServerDeps;
  readonly #provider: Provider;
  readonly #run: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly #consent: Consent;
  readonly #registrations: Budget;
  readonly #authorizations: Budget;

  constructor(deps: AuthorizationServerDeps) {
    this.#deps = deps;
    const { clock, store, publicUrl, log } = deps;
    this.#registrations = new Budget(clock, ...registrations);
    this.#authorizations = new Budget(clock, ...authorizations);
    const documentBudget = new Budget(clock, ...documents);
    // Also of keys that registered clients say they have elsewhere, whoever makes the hub look there.
    const fetchBudget = new Budget(clock, documents[1], documents[1]);
    const fetch: typeof deps.fetch = async (...asked) => {
      if (!fetchBudget.take(undefined)) throw new Error("too many documents are asked for");
      return deps.fetch(...asked);
    };
    this.#provider = createProvider({
      store,
      publicUrl,
      fetch: documentFetch(fetch),
      isGood: (grant) => deps.isGood(grant),
      mayFetch: ({ req }) => documentBudget.take(peers.get(req)),
      failurePage: ({ error, description }) => {
        return failurePage(400, "This does not work", [
          `The client asked for something that this hub does not do: ${description ?? error}.`,
        ]);
      },
      registered: ({ id, name, redirects }) => {
        const hosts = [...new Set(redirects.map(hostOfRedirect))];
        log.info("oauth_client_registered", { id, client: name, hosts });
      },
      refreshed: () => deps.happened("refreshed"),
      failed: (error) => log.error("oauth_failed", { err: error }),
    });
    // Whoever gets a token can rely on it: it is written down first.
    this.#provider.use(async (_context, next) => {
      await next();
      await store.saved();
    });
    this.#run = this.#provider.callback();
    this.#consent = new Consent({ ...deps, provider: this.#provider, denied: () => deps.happened("denied") });
  }

  /** Answers in any case. */
  async handle(request: IncomingMessage, response: ServerResponse, asker: Asker): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    try {
      await this.#answer(request, response, asker);
    } catch (error) {
      this.#deps.log.error("oauth_failed", { err: error });
      if (!response.headersSent) fail(response, 500, "server_error", "the hub's log says more");
      else response.destroy();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, asker: Asker): Promise<void> {
    const { path, query, peer, body } = asker;
    peers.set(request, peer);
    if (isServerMetadata(path, this.#deps.publicUrl)) return this.#metadata(response);
    if (request.method === "POST" && body === undefined) {
      return fail(response, 413, "invalid_request", "the request is longer than any that this takes");
    }
    if (path.startsWith(`${paths.consent}/`)) return this.#ask(request, response, asker);
    if (path === paths.registration) return this.#register(request, response, asker);
    if (path === paths.token || path === paths.revocation) {
      return this.#pass(request, path, formOf(body), response);
    }
    // Also where the consent leads back to: a path below it, without parameters.
    if (path === paths.authorization && !this.#authorizations.take(peer)) return tooOften(response);
    const kept = path === paths.authorization ? `?${authorizationQuery(query)}` : "";
    return this.#pass(request, `${path}${kept}`, undefined, response);
  }

  #metadata(response: ServerResponse): void {
    response.setHeader("cache-control", "max-age=300");
    // Open to each page: it says nothing that a client must not know.
    response.setHeader("access-control-allow-origin", "*");
    json(response, 200, metadataOf(this.#deps.publicUrl));
  }

  #register(request: IncomingMessage, response: ServerResponse, { peer, body }: Asker): Promise<void> | void {
    if (!this.#registrations.take(peer)) return tooOften(response);
    let said: unknown;
    try {
      said = JSON.parse(body?.toString("utf8") ?? "");
    } catch {
      return fail(response, 400, "invalid_client_metadata", "it is no JSON");
    }
    const judged = judgeMetadata(said);
    if (judged.t === "refused") return fail(response, 400, judged.error, judged.why);
    return this.#pass(request, paths.registration, { ...judged.metadata, client_id: undefined }, response);
  }

  async #ask(request: IncomingMessage, response: ServerResponse, { path, peer, body }: Asker): Promise<void> {
    const site = request.headers["sec-fetch-site"];
    const form = {
      peer,
      fields: new URLSearchParams(body?.toString("utf8")),
      site: typeof site === "string" ? site : undefined,
    };
    presentAs(request, this.#deps.publicUrl, path);
    show(response, await this.#consent.answer(request, response, path, request.method === "POST" ? form : undefined));
  }

  /** `body`: what was read of it. */
  #pass(request: IncomingMessage, url: string, body: unknown, response: ServerResponse): Promise<void> {
    presentAs(request, this.#deps.publicUrl, url);
    Object.assign(request, { body });
    return this.#run(request, response);
  }
}

/** Whom a request came from, for what the library asks on the way. */
const peers = new WeakMap<IncomingMessage, string | undefined>();

function formOf(body: Buffer | undefined): Record<string, string | string[]> {
  const fields = tokenFields(new URLSearchParams(body?.toString("utf8")));
  const names = [...new Set(fields.keys())];
  return Object.fromEntries(names.map((name) => [name, single(fields.getAll(name))]));
}

/** What stands twice stays so. */
function single(values: string[]): string | string[] {
  return values.length === 1 ? (values[0] ?? "") : values;
}

function show(response: ServerResponse, { status, headers: own, body }: Page): void {
  for (const [name, value] of Object.entries(own)) response.setHeader(name, value);
  response.writeHead(status).end(body);
}

function tooOften(response: ServerResponse): void {
  response.setHeader("retry-after", "60");
  fail(response, 429, "temporarily_unavailable", "this was asked too often in the last minute");
}

/** As OAuth has it. */
function fail(response: ServerResponse, status: number, error: string, description: string): void {
  json(response, status, { error, error_description: description });
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(value)}\n`);
}
