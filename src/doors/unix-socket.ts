// Unix sockets as an address: makes the path free where that is safe, and never removes anything that is not a dead socket.
import { chmodSync, existsSync, lstatSync, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";
import { dirname } from "node:path";
import { HubError } from "../base/errors.ts";

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

/** Binds with the owner's rights only, from the first moment on; errors come as the server's `error` event. */
export function listenOnSocket(server: Server, path: string): void {
  // Binding happens inside `listen`, so the mask is back before anything else runs.
  const mask = process.umask(0o177);
  try {
    server.listen({ path });
  } finally {
    process.umask(mask);
  }
  server.once("listening", () => chmodSync(path, 0o600));
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
