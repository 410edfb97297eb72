// Opens a page in the person's browser, where there is one. Its URL is printed all the same: to open it is a courtesy.
import { spawn } from "node:child_process";
import type { Terminal } from "./terminal.ts";

/** Never throws. Says nothing of whether a browser came up: what opens it often does not know either. */
export function openInBrowser({ env }: Pick<Terminal, "env">, url: string, platform: NodeJS.Platform): void {
  const [program, ...args] = openerOf(env, url, platform) ?? [];
  if (program === undefined) return;
  // A browser has no business with the hub's tokens and keys.
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("HUB_")));
  const child = spawn(program, args, { env: own, detached: true, stdio: "ignore", windowsHide: true });
  child.on("error", () => {});
  child.unref();
}

/** Undefined: nothing here can open a page. `BROWSER` is a command, `%s` in it the page; of a list of them, the first. */
export function openerOf(env: Terminal["env"], url: string, platform: NodeJS.Platform): readonly string[] | undefined {
  const [named = ""] = (env["BROWSER"] ?? "").split(platform === "win32" ? ";" : ":", 1);
  const words = named.trim().split(/\s+/);
  if (words[0] !== "") {
    const filled = words.map((word) => word.replaceAll("%s", url));
    return named.includes("%s") ? filled : [...words, url];
  }
  if (platform === "darwin") return ["open", url];
  // Not `start`: its shell would read the page's `&` as the next command.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", url];
  const hasScreen = [env["DISPLAY"], env["WAYLAND_DISPLAY"]].some((screen) => screen !== undefined && screen !== "");
  return hasScreen ? ["xdg-open", url] : undefined;
}
