// A real sshd on a free port of 127.0.0.1, with keys of its own, which lets in whoever has the client's key. Ended by its pid.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";

const program = "/usr/sbin/sshd";

/** Why there can be none here; undefined: there can. */
export function sshMissing(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root, for a sshd of its own";
  if (!existsSync(program)) return "needs sshd (Debian: openssh-server)";
  return existsSync("/usr/bin/ssh") ? undefined : "needs ssh (Debian: openssh-client)";
}

export class SshServer implements AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  readonly #sshd: ChildProcess;

  private constructor(folder: string, port: number, sshd: ChildProcess) {
    this.folder = folder;
    this.port = port;
    this.#sshd = sshd;
  }

  static async start(): Promise<SshServer> {
    const folder = await mkdtemp(join(tmpdir(), "thehub-ssh-"));
    const at = (name: string) => join(folder, name);
    for (const name of ["host", "client"])
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at(name)]);
    const port = await freePort();
    const [host, client] = await Promise.all(["host.pub", "client.pub"].map((name) => readFile(at(name), "utf8")));
    await writeFile(at("authorized"), client ?? "", { mode: 0o600 });
    await writeFile(at("known"), `[127.0.0.1]:${port} ${host}`);
    const config = {
      ListenAddress: `127.0.0.1:${port}`,
      HostKey: at("host"),
      AuthorizedKeysFile: at("authorized"),
      StrictModes: "no",
      UsePAM: "no",
      PasswordAuthentication: "no",
      KbdInteractiveAuthentication: "no",
      PermitRootLogin: "prohibit-password",
      PidFile: "none",
    };
    await writeFile(
      at("config"),
      Object.entries(config)
        .map(([key, value]) => `${key} ${value}\n`)
        .join(""),
    );
    // Where it gives up its privileges.
    mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    const sshd = spawn(program, ["-D", "-e", "-f", at("config")], { stdio: ["ignore", "ignore", "pipe"] });
    await new Promise<void>((resolve, reject) => {
      let said = "";
      createInterface({ input: sshd.stderr })
        .on("line", (line) => {
          said += `${line}\n`;
          if (line.includes("Server listening")) resolve();
        })
        .on("close", () => reject(new Error(`sshd ended: ${said}`)));
    });
    return new SshServer(folder, port, sshd);
  }

  /** What `ssh` is told to get in without a question. */
  get args(): string[] {
    const options = ["BatchMode=yes", `UserKnownHostsFile=${join(this.folder, "known")}`, "IdentitiesOnly=yes"];
    const login = ["-i", join(this.folder, "client"), "-p", String(this.port), `${userInfo().username}@127.0.0.1`];
    return ["-T", "-F", "none", ...options.flatMap((option) => ["-o", option]), ...login];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#sshd, "exit");
    this.#sshd.kill("SIGTERM");
    await exited;
    await rm(this.folder, { recursive: true, force: true });
  }
}
