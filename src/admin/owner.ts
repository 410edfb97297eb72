// Who opens a Unix socket that was made for admins: its file's mode has decided that already, so no token is asked for.
import type { Principal } from "../sessions/principal.ts";

const owner: Principal = { id: "owner", name: "owner", allow: undefined, deny: [], admin: true, shared: true };

interface OwnerAuth {
  authenticate(): { readonly t: "ok"; readonly principal: Principal };
  holder(): { readonly principal: Principal; readonly digest: Buffer };
}

export const ownerAuth: OwnerAuth = {
  authenticate: () => ({ t: "ok", principal: owner }),
  holder: () => ({ principal: owner, digest: Buffer.alloc(0) }),
};
