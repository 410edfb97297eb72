// Where the admin API is besides the public addresses: those of HUB_ADMIN_LISTEN, and always a private socket in the state folder, by
// which the commands of the hub's own user find it with nothing configured (docs/decisions/0015-admin.md).
import { ownerAuth } from "../admin/owner.ts";
import type { Clock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { ListenAddress } from "../base/listen-address.ts";
import type { Secret } from "../base/secret.ts";
import type { HttpPages, WebDoor } from "../doors/http-router.ts";
import { type HttpServer, type HttpServerOptions, openHttpServer } from "../doors/http-server.ts";
import type { DoorLog } from "../doors/port.ts";
import type { DoorAuth } from "../identity/auth.ts";
import { maxSocketPathBytes } from "../manifest/addresses.ts";

export interface AdminDoorsDeps {
  readonly options: Omit<HttpServerOptions, "addresses">;
  readonly auth: DoorAuth;
  readonly pages: HttpPages;
  /** By path. */
  readonly doors: ReadonlyMap<string, WebDoor>;
  /** Those of HUB_ADMIN_LISTEN. */
  readonly addresses: readonly ListenAddress[];
  /** Undefined where none can be had. */
  readonly privateSocket: { readonly path: string; readonly key: Secret } | undefined;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly log: DoorLog;
}

export interface AdminDoors {
  /** Of HUB_ADMIN_LISTEN, with the ports that were picked. */
  readonly addresses: readonly string[];
  /** Those that are not for clients and their tokens, the private one first: `unix:/path`. */
  readonly sockets: readonly string[];
  close(): Promise<void>;
}

/** Rejects when an address of HUB_ADMIN_LISTEN cannot be had; without a private socket the hub is a hub all the same. */
export async function openAdminDoors(deps: AdminDoorsDeps): Promise<AdminDoors> {
  const { addresses, auth } = deps;
  const servers: HttpServer[] = [];
  const open = async (wanted: readonly ListenAddress[], who: DoorAuth): Promise<readonly string[]> => {
    if (wanted.length === 0) return [];
    const server = await openHttpServer({ ...deps.options, addresses: wanted }, { ...deps, auth: who });
    servers.push(server);
    return server.addresses;
  };
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    const byToken = await open(
      addresses.filter(({ t }) => t === "tcp"),
      auth,
    );
    const bySocket = await open(
      addresses.filter(({ t }) => t === "unix"),
      ownerAuth(undefined),
    );
    const own = await openPrivate(deps, (path, key) => open([{ t: "unix", path }], ownerAuth(key)));
    return { addresses: [...byToken, ...bySocket], sockets: [...own, ...bySocket], close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openPrivate(
  { privateSocket, platform, log }: AdminDoorsDeps,
  open: (path: string, key: Secret) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  // Whoever can open a named pipe of Windows is not told apart there.
  if (platform === "win32") return [];
  const failed = (reason: string): readonly string[] => {
    const fix =
      "set HUB_STATE_DIR to a folder with a short path that can be written to; until then thehub status needs --url";
    log.warn("admin_socket_missing", { reason, fix });
    return [];
  };
  if (privateSocket === undefined) return failed("the state folder cannot be written to");
  const { path, key } = privateSocket;
  if (Buffer.byteLength(path) > maxSocketPathBytes) {
    return failed(`the path ${path} is longer than ${maxSocketPathBytes} bytes, the system's limit`);
  }
  try {
    return await open(path, key);
  } catch (error) {
    return failed(HubError.from(error).message);
  }
}
