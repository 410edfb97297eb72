// Clients by the socket file that they came in by: whoever may open it is this client. Its mode and owner have decided that.
import type { Clock } from "../base/clock.ts";
import type { ResolvedClient } from "../manifest/manifest.ts";
import { hasEnded, type Principal } from "../sessions/principal.ts";
import type { Way } from "./auth.ts";
import { type RuledClient, rightsOf } from "./rights.ts";

export type SocketClient = RuledClient & Pick<ResolvedClient, "socket">;

/** Undefined where no client has a socket. */
export function sockets(clients: readonly SocketClient[], clock: Pick<Clock, "wall">): Way | undefined {
  const byPath = new Map<string, Principal>();
  for (const client of clients) {
    if (client.socket === undefined) continue;
    const { name, expires: until } = client;
    const { path } = client.socket;
    const who = { id: name, name, client: name, shared: false, until, ...rightsOf(client) };
    byPath.set(path, { ...who, proof: { t: "socket", path } });
  }
  if (byPath.size === 0) return undefined;
  const at = (path: string): Principal | undefined => {
    const principal = byPath.get(path);
    return principal === undefined || hasEnded(principal, clock.wall()) ? undefined : principal;
  };
  return {
    take({ socket }) {
      const principal = socket === undefined ? undefined : at(socket);
      return principal === undefined ? undefined : { t: "ok", principal };
    },
    again({ id, proof }) {
      if (proof.t !== "socket") return "not mine";
      const is = at(proof.path);
      return is?.id === id ? is : undefined;
    },
  };
}
