// Unix sockets as an address: makes the path free where that is safe, and never removes anything that is not a dead socket.
import { chmodSync, chownSync, existsSync, lstatSync, statSync, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";
import { dirname } from "node:path";
import { HubError } from "../base/errors.ts";
import type { SocketAccess } from "../base/listen-address.ts";

/** Removes a socket that nobody answers on. Throws `listen_failed` for a live one, `usage` for anything that is not a socket. */
export async function freeSocketPath(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    // The system would call a folder that is not there a lack of permission.
    if (existsSync(dirname(path))) return;
    throw new HubError("usage", `cannot listen on unix:${path}: the folder does not exist`);
  }
  if (!found.isSocket())
    throw new HubError("usage", `cannot listen on unix:${path}: the path exists and is not a socket`);
  const answer = await knock(path);
  if (answer === "answered") {
    throw new HubError(
      "listen_failed",
      `cannot listen on unix:${path}: another process is listening there; stop it or choose another path`,
    );
  }
  if (answer !== "ECONNREFUSED") {
    if (answer === "ENOENT") return;
    throw new HubError("usage", `cannot listen on unix:${path}: a socket is there that cannot be tested (${answer})`);
  }
  unlinkSync(path);
}

/** Throws `usage` for a folder in which others may put another socket in its place. */
export function checkSocketFolder(path: string): void {
  const folder = dirname(path);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory() || (found.mode & 0o1002) !== 0o002) return;
  throw new HubError(
    "usage",
    `cannot listen on unix:${path}: every user may replace what is in ${folder}; choose a folder of the hub's own, or chmod o-w ${folder}`,
  );
}

/** Lets others open it, once it is bound. Throws `usage` where the group is not one that the hub's user may give it to. */
export function openSocketTo(path: string, { mode, group }: SocketAccess): void {
  try {
    // First whose it is: with the mode before it, another group could open it for a moment.
    if (group !== undefined) chownSync(path, process.getuid?.() ?? -1, group);
    chmodSync(path, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const fix = code === "EPERM" ? `the hub's user is not in the group ${group}: add it, or run the hub as root` : code;
    throw new HubError("usage", `cannot listen on unix:${path}: ${fix}`, {}, error);
  }
}

/** Binds with the owner's rights only, from the first moment on; errors come as the server's `error` event. */
export function listenOnSocket(server: Server, path: string): void {
  // Binding happens inside `listen`, so the mask is back before anything else runs.
  const mask = process.umask(0o177);
  try {
    server.listen({ path });
  } finally {
    process.umask(mask);
  }
}

function knock(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve("answered");
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
  });
}
