// The number of a group of the system, by its name.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";

/** Undefined: there is no such group. A number in digits is itself. */
export async function groupId(name: string): Promise<number | undefined> {
  if (/^\d+$/.test(name)) return Number(name);
  const here = idIn(await readFile("/etc/group", "utf8").catch(() => ""), name);
  // Groups of a directory service are in no file.
  return here ?? idIn(await getent(name), name);
}

function idIn(lines: string, name: string): number | undefined {
  const line = lines.split("\n").find((one) => one.startsWith(`${name}:`));
  const id = line?.split(":")[2] ?? "";
  return /^\d+$/.test(id) ? Number(id) : undefined;
}

/** Empty where there is no such command, or no such group. */
function getent(name: string): Promise<string> {
  return new Promise((resolve) => {
    execFile("getent", ["group", name], { timeout: 10_000 }, (error, stdout) => resolve(error === null ? stdout : ""));
  });
}
