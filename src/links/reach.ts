// Which addresses may be asked by whoever connects by itself, as logins do.
import { refusedAddress } from "./address.ts";

export interface Reach {
  /** Why not; undefined: it may be. */
  refuses(address: string): string | undefined;
}

export function reachOf(allowPrivate: boolean): Reach {
  if (allowPrivate) return { refuses: () => undefined };
  return {
    refuses: (address) => {
      const meaning = refusedAddress(address);
      return meaning && `${address} is ${meaning}: write allow_private: true if that is meant`;
    },
  };
}
