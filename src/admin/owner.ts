// Who opens a Unix socket that was made for admins. One of HUB_ADMIN_LISTEN: whoever its folder lets in. The private one: whoever can read the hub's
// run file as well, which has its key, because a Core of the same user can open a socket and, fenced, cannot read that file.
import { bearerToken, sameDigest, tokenDigest } from "../base/bearer.ts";
import type { Secret } from "../base/secret.ts";
import type { AuthResult, Evidence } from "../identity/auth.ts";
import { ownPrincipal } from "../sessions/principal.ts";

const owner: AuthResult = { t: "ok", principal: ownPrincipal("owner", { admin: true, shared: true }) };

interface OwnerAuth {
  readonly version: 0;
  admits(): true;
  authenticate(evidence: Evidence): AuthResult;
}

/** Undefined: no key is asked for. */
export function ownerAuth(key: Secret | undefined): OwnerAuth {
  const admits = () => true as const;
  if (key === undefined) return { version: 0, admits, authenticate: () => owner };
  const digest = tokenDigest(key.reveal());
  return {
    version: 0,
    admits,
    authenticate({ authorization }) {
      const token = bearerToken(authorization);
      if (token === undefined) return { t: "refused", reason: "missing" };
      return sameDigest(tokenDigest(token), digest) ? owner : { t: "refused", reason: "invalid" };
    },
  };
}
