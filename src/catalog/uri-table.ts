// Finds the one Core that owns a resource uri, among the Cores of one view. A uri that nobody certainly owns has no owner.
import type { FoundResource, OwnedUri, ResourceRoute } from "./model.ts";
import { toCore } from "./uri-spelling.ts";
import { firstMatch, parseUriTemplate, type UriTemplate } from "./uri-template.ts";

/** Templates of one Core that uris are matched against. Those beyond may still own their uris by scheme. */
const maxPatternsPerCore = 256;

interface OwnedTemplate extends UriTemplate {
  readonly route: ResourceRoute;
}

/** A Core with `resources: { uris: prefixed }`: all uris with its namespace in them are its own. */
interface PrefixedCore {
  readonly namespace: string;
  readonly route: ResourceRoute;
}

interface UriClaims {
  readonly resources: readonly OwnedUri[];
  readonly templates: readonly OwnedUri[];
  /** That tools name, in a list or not. */
  readonly pages: readonly OwnedUri[];
  readonly prefixed: readonly PrefixedCore[];
  /** Those of the view whose uris are as they are. */
  readonly native: readonly ResourceRoute[];
}

/** Which Cores said a uri to whoever asks for it now. */
export type SaidBy = (uri: string) => readonly string[];

export class UriTable {
  readonly #prefixed: readonly PrefixedCore[];
  readonly #native: ReadonlyMap<string, ResourceRoute>;
  readonly #listed = new Map<string, ResourceRoute>();
  readonly #templates = new Map<string, ResourceRoute>();
  /** The most specific first; of equals the first in manifest order. */
  readonly #patterns: readonly OwnedTemplate[];
  /** Null where several Cores have uris of the scheme. */
  readonly #schemes = new Map<string, ResourceRoute | null>();
  /** What prefixed Cores call what they list: a page of an App knows no other uris. Null where several have the same. */
  readonly #unprefixed = new Map<string, ResourceRoute | null>();

  /** All in manifest order of their Cores: the first to list a uri or a template has it. */
  constructor({ resources, templates, pages, prefixed, native }: UriClaims) {
    const patterns: OwnedTemplate[] = [];
    const perCore = new Map<string, number>();
    this.#prefixed = prefixed;
    this.#native = new Map(native.map((route) => [route.core, route]));
    for (const { uri, nativeUri, route } of [...resources, ...pages]) {
      if (!this.#native.has(route.core)) claimAlone(this.#unprefixed, nativeUri, route);
      else if (this.#ofPrefixed(uri) === undefined) {
        if (!this.#listed.has(uri)) this.#listed.set(uri, route);
        this.#claimScheme(uri, route);
      }
    }
    for (const { uri, route } of templates) {
      if (!this.#native.has(route.core) || this.#ofPrefixed(uri) !== undefined) continue;
      if (!this.#templates.has(uri)) this.#templates.set(uri, route);
      this.#claimScheme(uri, route);
      const count = perCore.get(route.core) ?? 0;
      // A template without a scheme of its own would claim the uris of every other Core.
      const pattern = schemeOf(uri) === undefined || count >= maxPatternsPerCore ? undefined : parseUriTemplate(uri);
      if (pattern === undefined) continue;
      perCore.set(route.core, count + 1);
      patterns.push({ ...pattern, route });
    }
    this.#patterns = patterns.sort((a, b) => b.prefix.length - a.prefix.length || b.literalLength - a.literalLength);
  }

  /**
   * With a Core's namespace in it, else listed as it is, else matched by a template, else said by one Core alone, else of a scheme that
   * one Core alone uses.
   */
  resource(uri: string, saidBy?: SaidBy): FoundResource | undefined {
    const own = this.#ofPrefixed(uri);
    if (own !== undefined) return own;
    const route =
      this.#listed.get(uri) ??
      firstMatch(this.#patterns, uri)?.route ??
      this.#said(saidBy?.(uri)) ??
      this.#schemes.get(schemeOf(uri) ?? "") ??
      this.#unprefixed.get(uri) ??
      undefined;
    return route === undefined ? undefined : { ...route, nativeUri: uri };
  }

  /** By the template as it is written in the list. */
  template(uriTemplate: string): FoundResource | undefined {
    const own = this.#ofPrefixed(uriTemplate);
    if (own !== undefined) return own;
    const route = this.#templates.get(uriTemplate);
    return route === undefined ? undefined : { ...route, nativeUri: uriTemplate };
  }

  #ofPrefixed(uri: string): FoundResource | undefined {
    for (const { namespace, route } of this.#prefixed) {
      const nativeUri = toCore(namespace, uri);
      if (nativeUri !== undefined) return { ...route, nativeUri };
    }
    return undefined;
  }

  #said(cores: readonly string[] = []): ResourceRoute | undefined {
    const routes = cores.flatMap((core) => this.#native.get(core) ?? []);
    return routes.length === 1 ? routes[0] : undefined;
  }

  #claimScheme(uri: string, route: ResourceRoute): void {
    const scheme = schemeOf(uri);
    if (scheme !== undefined) claimAlone(this.#schemes, scheme, route);
  }
}

function claimAlone(owners: Map<string, ResourceRoute | null>, what: string, route: ResourceRoute): void {
  const owner = owners.get(what);
  if (owner === undefined) owners.set(what, route);
  else if (owner !== null && owner.core !== route.core) owners.set(what, null);
}

/** In lower case; undefined where there is none, or where a template's variable stands in it. */
function schemeOf(uri: string): string | undefined {
  return /^[a-z][a-z0-9+.-]{0,63}(?=:)/i.exec(uri)?.[0].toLowerCase();
}
