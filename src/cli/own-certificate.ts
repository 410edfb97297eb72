// How commands on this machine know that who answers over TLS is the hub of this environment: by its certificate, not by names and
// authorities, since they ask 127.0.0.1, and a self-signed certificate is as good as any other here.
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { resolve } from "node:path";
import { HubError } from "../base/errors.ts";
import { findRuns, stateOf } from "../base/run-files.ts";
import { factsOf, readCertificate } from "../doors/tls/tls-pair.ts";
import { variable } from "../manifest/environment.ts";
import { prepare } from "./prepare.ts";
import type { Terminal } from "./terminal.ts";

/** The hub's certificate file, as the environment or else the manifest has it. Undefined: it has no TLS, or the manifest cannot be read. */
export function certificateFile(terminal: Terminal): string | undefined {
  const given = variable(terminal.env, "HUB_TLS_CERT");
  if (given !== undefined) return resolve(terminal.cwd, given);
  const preparation = prepare(terminal, {});
  return preparation.t === "ok" ? preparation.prepared.settings.tls?.cert : undefined;
}

/** SHA-256 of what the hub may show: what is in the file, and what running hubs have noted, which differ when a new file is bad. */
export async function ownCertificates(file: string | undefined, stateDir: string | undefined): Promise<string[]> {
  const found: string[] = [];
  if (file !== undefined) {
    try {
      found.push(factsOf(readCertificate(await readFile(file), file)).fingerprint);
    } catch {
      // A file that cannot be read or used says nothing of what is in force.
    }
  }
  // Likewise a state folder that cannot be read.
  for (const { run } of stateDir === undefined ? [] : await findRuns(stateDir).catch(() => [])) {
    if (run?.certificate === undefined || (await stateOf(run, process.platform)) !== "running") continue;
    found.push(run.certificate);
  }
  return found;
}

/**
 * A TLS connection to a hub that showed one of these certificates, and its key. Rejects otherwise. Nothing is sent before: that no
 * authority is asked is made up for by knowing the very certificate.
 */
export async function connectPinned(
  way: { readonly host: string; readonly port: number },
  certificates: readonly string[],
  signal: AbortSignal,
): Promise<Socket> {
  const { connect } = await import("node:tls");
  return new Promise((done, fail) => {
    const socket = connect({ ...way, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
    const abort = () => socket.destroy(new Error("aborted"));
    signal.addEventListener("abort", abort, { once: true });
    socket.once("close", () => signal.removeEventListener("abort", abort));
    // Also for what comes once it is handed over: whoever has it by then sees the error as well.
    socket.on("error", fail);
    socket.once("secureConnect", () => {
      const shown = socket.getPeerX509Certificate()?.fingerprint256;
      if (shown !== undefined && certificates.includes(shown)) {
        done(socket);
        return;
      }
      socket.destroy(
        new HubError("usage", "what answers shows another certificate than HUB_TLS_CERT and the state folder know"),
      );
    });
  });
}
