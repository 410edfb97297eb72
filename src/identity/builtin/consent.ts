// A person connects a client: shows that the hub is theirs, and says what the client gets. What is asked here is bound to the browser that the client
// sent here, by the library's cookie; what is answered to the page that was shown last, by a text that no other page knows.
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import type { Interaction, InteractionResults } from "oidc-provider";
import type { Page } from "../../base/page.ts";
import { Secret } from "../../base/secret.ts";
import type { Log } from "../../telemetry/log.ts";
import { type Asking, consentPage, failurePage, goingPage, lives, type Offer, tokenPage } from "./pages.ts";
import { paths, scope } from "./paths.ts";
import { account, consentSeconds } from "./provider.ts";
import { hostOfRedirect } from "./redirect-rules.ts";
import type { Grant, Store } from "./store.ts";
import { Table } from "./table.ts";

/** Who showed a token. */
export interface Person {
  /** The entry of `clients:`; undefined: the holder of HUB_TOKEN. */
  readonly holder: string | undefined;
  /** Of the token, in hexadecimal digits. */
  readonly digest: string;
  /** The Cores that it may use at all. */
  readonly offers: readonly Offer[];
}

export interface ConsentDeps {
  readonly provider: Provider;
  readonly store: Store;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  /**
   * Who gets in with it: by a token of the manifest or of the environment, nothing that was itself granted. A number: too many wrong tokens
   * came from this address, and none is looked at for so many ms.
   */
  person(token: Secret, peer: string | undefined): Promise<Person | undefined | number>;
  /** Notes it where it can be listed and revoked. Rejects with the system's error. */
  granted(grant: Grant): Promise<void>;
  /** The person said no. */
  denied(): void;
  /** Whether the token that it was made with still lets somebody in. */
  isGood(grant: Grant): boolean;
}

export interface Form {
  readonly peer: string | undefined;
  readonly fields: URLSearchParams;
  /** Sec-Fetch-Site. */
  readonly site: string | undefined;
}

interface Pending {
  /** What the last page has; empty while its answer is looked at. */
  check: string;
  wrong: number;
  person: Person | undefined;
}

const maxWrong = 10;
const dayMs = 86_400_000;

export class Consent {
  readonly #deps: ConsentDeps;
  readonly #pending: Table<Pending>;

  constructor(deps: ConsentDeps) {
    this.#deps = deps;
    this.#pending = new Table(500, () => deps.store.nowMs());
  }

  /** The page as it is opened; `form`: as it is answered. Never rejects for what a person or a browser did. */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    form: Form | undefined,
  ): Promise<Page> {
    if (this.#isOver(path)) return over;
    const interaction = await this.#interactionOf(request, response, path);
    if (interaction === undefined) return elsewhere;
    const asking = await this.#askingOf(interaction);
    if (asking === undefined) return elsewhere;
    const pending = this.#pendingOf(interaction.uid);
    if (form === undefined) return this.#ask(pending, asking, 200, []);
    const isOwn = form.site === undefined || form.site === "same-origin";
    if (!isOwn || pending.check === "" || form.fields.get("check") !== pending.check) {
      return this.#ask(pending, asking, 403, [
        "This form was answered already, or was not this browser's. Here it is again.",
      ]);
    }
    // Each page is answered once: answers at the same time are not more attempts.
    pending.check = "";
    const answer = form.fields.get("answer");
    if (answer === "deny") return this.#deny(request, response, asking);
    if (pending.person === undefined) return this.#identify(interaction, pending, asking, form);
    if (answer !== "allow") return this.#ask(pending, asking, 400, []);
    return this.#allow(request, response, { interaction, asking, person: pending.person, pending, form });
  }

  async #interactionOf(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<Interaction | undefined> {
    try {
      const interaction = await this.#deps.provider.interactionDetails(request, response);
      return `${paths.consent}/${interaction.uid}` === path ? interaction : undefined;
    } catch {
      return undefined;
    }
  }

  async #askingOf({ params }: Interaction): Promise<Asking | undefined> {
    const id = String(params["client_id"]);
    const client = await this.#deps.provider.Client.find(id).catch(() => undefined);
    if (client === undefined) return undefined;
    const documentHost = id.startsWith("https://") ? new URL(id).host : undefined;
    return { name: client.clientName, documentHost, host: hostOfRedirect(String(params["redirect_uri"])) };
  }

  #isOver(path: string): boolean {
    const pending = this.#pending.get(path.slice(paths.consent.length + 1));
    return pending !== undefined && pending.wrong >= maxWrong;
  }

  #pendingOf(uid: string): Pending {
    const known = this.#pending.get(uid);
    if (known !== undefined) return known;
    const made: Pending = { check: "", wrong: 0, person: undefined };
    this.#pending.set(uid, made, this.#deps.store.nowMs() + consentSeconds * 1000);
    return made;
  }

  #ask(pending: Pending, asking: Asking, status: number, more: readonly string[]): Page {
    pending.check = randomBytes(24).toString("base64url");
    const { check, person } = pending;
    if (person === undefined) return tokenPage(status, asking, check, more);
    return consentPage(status, asking, nameOf(person), person.offers, check, more);
  }

  async #identify(interaction: Interaction, pending: Pending, asking: Asking, { fields, peer }: Form): Promise<Page> {
    const { log } = this.#deps;
    const token = fields.get("token")?.trim() ?? "";
    const person = token === "" ? undefined : await this.#deps.person(new Secret(token), peer);
    if (typeof person === "number") {
      const seconds = Math.ceil(person / 1000);
      const why = `Too many wrong tokens came from your address. Try again in ${seconds} s.`;
      return this.#ask(pending, asking, 429, [why]);
    }
    if (person !== undefined) {
      pending.person = person;
      return this.#ask(pending, asking, 200, []);
    }
    log.warn("oauth_token_wrong", { peer, client: asking.name, host: asking.host });
    if (++pending.wrong < maxWrong) return this.#ask(pending, asking, 403, ["This is not a token of this hub."]);
    // Nothing leads on from here, not even the right token; the page goes on to say so.
    await interaction.destroy();
    return over;
  }

  async #deny(request: IncomingMessage, response: ServerResponse, asking: Asking): Promise<Page> {
    this.#deps.denied();
    this.#deps.log.info("oauth_denied", { client: asking.name, host: asking.host });
    const why = "the person said no";
    return this.#finish(request, response, asking, { error: "access_denied", error_description: why });
  }

  async #allow(
    request: IncomingMessage,
    response: ServerResponse,
    { interaction, asking, person, pending, form }: Allowing,
  ): Promise<Page> {
    const { provider, store, log } = this.#deps;
    const wanted = new Set(form.fields.getAll("core"));
    const cores = person.offers.map(({ namespace }) => namespace).filter((namespace) => wanted.has(namespace));
    if (cores.length === 0) return this.#ask(pending, asking, 400, ["Choose at least one, or deny."]);
    for (const grant of store.isFull ? store.grants() : []) if (!this.#deps.isGood(grant)) store.end(grant.id);
    if (store.isFull) {
      return this.#ask(pending, asking, 503, [
        "This hub has granted as much as it may: end some with thehub token revoke.",
      ]);
    }
    const days = Number(form.fields.get("days"));
    const life = lives.find((one) => one.days === days);
    if (life === undefined) return this.#ask(pending, asking, 400, []);
    const now = store.nowMs();
    const grant: Grant = {
      id: randomBytes(12).toString("hex"),
      holder: person.holder,
      digest: person.digest,
      clientId: String(interaction.params["client_id"]),
      clientName: asking.name ?? "a client without a name",
      host: asking.host,
      cores,
      readOnly: form.fields.get("read_only") !== null,
      madeAt: now,
      endsAt: days === 0 ? Number.MAX_SAFE_INTEGER : now + days * dayMs,
    };
    this.#pending.delete(interaction.uid);
    store.addGrant(grant);
    try {
      await this.#deps.granted(grant);
    } catch (error) {
      store.end(grant.id);
      log.error("oauth_grant_failed", { err: error });
      return failurePage(500, "Not connected", ["The hub cannot write to its state folder: its log says more."]);
    }
    const known = new provider.Grant({ accountId: account, clientId: grant.clientId });
    known.jti = grant.id;
    for (const resource of [interaction.params["resource"]].flat()) known.addResourceScope(String(resource), scope);
    const grantId = await known.save();
    log.info("oauth_granted", {
      grant: grantId,
      holder: nameOf(person),
      client: asking.name,
      host: asking.host,
      cores,
    });
    return this.#finish(request, response, asking, {
      login: { accountId: account, remember: false },
      consent: { grantId },
    });
  }

  async #finish(
    request: IncomingMessage,
    response: ServerResponse,
    asking: Asking,
    result: InteractionResults,
  ): Promise<Page> {
    const returnTo = await this.#deps.provider.interactionResult(request, response, result);
    await this.#deps.store.saved();
    return goingPage(new URL(returnTo).pathname, asking);
  }
}

interface Allowing {
  readonly interaction: Interaction;
  readonly asking: Asking;
  readonly person: Person;
  readonly pending: Pending;
  readonly form: Form;
}

function nameOf({ holder }: Person): string {
  return holder === undefined ? "the holder of HUB_TOKEN" : `the client ${holder} of the manifest`;
}

const over = failurePage(403, "Not connected", [
  `${maxWrong} wrong tokens were shown, so this request is over, and nothing was granted. Begin again from the client.`,
  "What lets you in is HUB_TOKEN, which thehub token show prints where the hub made it, or the token of your client in the manifest, not its hash.",
]);

const elsewhere = failurePage(403, "Not this browser", [
  "This is not where the connection was begun, or that was more than ten minutes ago. Nothing was granted. Begin again from the client.",
]);
