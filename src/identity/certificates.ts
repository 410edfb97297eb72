// Clients by the certificate that they show. Which certificates may be believed is for the listener and its trusted proxies; this is who they are.
import type { Clock } from "../base/clock.ts";
import { canonicalName } from "../base/distinguished-name.ts";
import type { ShownCertificate } from "../base/shown-certificate.ts";
import type { CertificateRule, ResolvedClient } from "../manifest/manifest.ts";
import { hasEnded, type Principal } from "../sessions/principal.ts";
import type { Way } from "./auth.ts";
import { earlierOf, type RuledClient, rightsOf } from "./rights.ts";

export type CertificateClient = RuledClient & Pick<ResolvedClient, "certificate">;

/** Undefined where no client comes by certificate. Of several that fit the first one counts. */
export function certificates(clients: readonly CertificateClient[], clock: Pick<Clock, "wall">): Way | undefined {
  const ruled = clients.flatMap((client) =>
    client.certificate === undefined ? [] : [{ client, fits: ruleOf(client.certificate) }],
  );
  if (ruled.length === 0) return undefined;
  const principals = new WeakMap<ShownCertificate, Principal>();
  const principalOf = (certificate: ShownCertificate): Principal | undefined => {
    const client = ruled.find(({ fits }) => fits(certificate))?.client;
    if (client === undefined) return undefined;
    const known = principals.get(certificate) ?? bearerOf(client, certificate);
    principals.set(certificate, known);
    return hasEnded(known, clock.wall()) ? undefined : known;
  };
  return {
    take({ certificate }) {
      const principal = certificate === undefined ? undefined : principalOf(certificate);
      return principal === undefined ? undefined : { t: "ok", principal };
    },
    again({ id, proof }) {
      if (proof.t !== "certificate") return "not mine";
      const is = principalOf(proof.certificate);
      return is?.id === id ? is : undefined;
    },
  };
}

function bearerOf(client: CertificateClient, certificate: ShownCertificate): Principal {
  const { name, expires } = client;
  const who = { id: name, name, client: name, shared: false, until: earlierOf(expires, certificate.until) };
  return { ...who, ...rightsOf(client), proof: { t: "certificate", certificate } };
}

/** Everything that the rule names must be there: of each kind one of what it lists. */
function ruleOf({ subjects, cns, dns, uris, fingerprints }: CertificateRule): (shown: ShownCertificate) => boolean {
  const names = subjects?.map(canonicalName);
  const has = (wanted: readonly string[] | undefined, shown: readonly (string | undefined)[]) =>
    wanted === undefined || shown.some((one) => one !== undefined && wanted.includes(one));
  return (shown) =>
    (names === undefined || (shown.subject !== "" && names.includes(canonicalName(shown.subject) ?? ""))) &&
    has(cns, [shown.cn]) &&
    has(dns, shown.dns) &&
    has(uris, shown.uris) &&
    has(fingerprints, [shown.fingerprint]);
}
