// Which addresses a login may ask: those that a link to the Core may go to.
import { refusedAddress } from "../links/address.ts";
import type { Reach } from "../logins/target.ts";

export function loginReach(allowPrivate: boolean): Reach {
  if (allowPrivate) return { refuses: () => undefined };
  return {
    refuses: (address) => {
      const why = refusedAddress(address);
      return why === undefined ? undefined : `${address} is ${why}: write allow_private: true if that is meant`;
    },
  };
}
