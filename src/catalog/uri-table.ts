// Finds the one Core that owns a resource uri, among the Cores of one view. A uri that nobody certainly owns has no owner.
import type { ResourceRoute, UriEntry } from "./model.ts";
import { parseUriTemplate, type UriTemplate } from "./uri-template.ts";

/** Templates of one Core that uris are matched against. Those beyond may still own their uris by scheme. */
const maxPatternsPerCore = 256;

interface OwnedTemplate extends UriTemplate {
  readonly route: ResourceRoute;
}

export class UriTable {
  readonly #listed = new Map<string, ResourceRoute>();
  readonly #templates = new Map<string, ResourceRoute>();
  /** The most specific first; of equals the first in manifest order. */
  readonly #patterns: readonly OwnedTemplate[];
  /** Null where several Cores have uris of the scheme. */
  readonly #schemes = new Map<string, ResourceRoute | null>();

  /** Both in manifest order of their Cores: the first to list a uri or a template has it. */
  constructor(resources: readonly UriEntry[], templates: readonly UriEntry[]) {
    const patterns: OwnedTemplate[] = [];
    const perCore = new Map<string, number>();
    for (const { uri, route } of resources) {
      if (!this.#listed.has(uri)) this.#listed.set(uri, route);
      this.#claimScheme(uri, route);
    }
    for (const { uri, route } of templates) {
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

  /** Listed as it is, else matched by a template, else of a scheme that one Core alone uses. */
  resource(uri: string): ResourceRoute | undefined {
    const listed = this.#listed.get(uri);
    if (listed !== undefined) return listed;
    const pattern = this.#patterns.find((candidate) => candidate.matches(uri));
    if (pattern !== undefined) return pattern.route;
    const scheme = schemeOf(uri);
    return scheme === undefined ? undefined : (this.#schemes.get(scheme) ?? undefined);
  }

  /** By the template as it is written in the list. */
  template(uriTemplate: string): ResourceRoute | undefined {
    return this.#templates.get(uriTemplate);
  }

  #claimScheme(uri: string, route: ResourceRoute): void {
    const scheme = schemeOf(uri);
    if (scheme === undefined) return;
    const owner = this.#schemes.get(scheme);
    if (owner === undefined) this.#schemes.set(scheme, route);
    else if (owner !== null && owner.core !== route.core) this.#schemes.set(scheme, null);
  }
}

/** In lower case; undefined where there is none, or where a template's variable stands in it. */
function schemeOf(uri: string): string | undefined {
  return /^[a-z][a-z0-9+.-]{0,63}(?=:)/i.exec(uri)?.[0].toLowerCase();
}
