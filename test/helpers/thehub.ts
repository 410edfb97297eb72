// Runs a short command of the built command line to its end.
import { execFile } from "node:child_process";
import { mainFile, root } from "./hub-process.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** With nothing of this process's environment but the PATH. */
export function thehub(args: readonly string[], env: Record<string, string> = {}, cwd: string = root): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd, env: { PATH: process.env["PATH"] ?? "", ...env } };
    execFile(process.execPath, [mainFile, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}
