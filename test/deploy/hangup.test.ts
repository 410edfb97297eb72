// A hub on a terminal ends with it; SIGHUP reloads all the same as long as the terminal is there.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { inline, mainFile } from "../helpers/hub-process.ts";

const hasScript = spawnSync("script", ["--version"]).status === 0;

test("hangup: SIGHUP reloads a hub on a terminal, and the end of the terminal ends it", {
  skip: !hasScript && "needs script of bsdutils",
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-hangup-"));
  const manifest = join(folder, "hub.yaml");
  const text = (tag: string) => `cores:\n  a: { ${inline("echo.mjs")}, tags: [${tag}] }\n`;
  await writeFile(manifest, text("one"));
  const pidFile = join(folder, "pid");
  const command = `echo $$ > ${pidFile}; exec ${process.execPath} ${mainFile} serve --listen localhost:0 --manifest ${manifest}`;
  const env = {
    ...process.env,
    HUB_STATE_DIR: join(folder, "state"),
    HUB_WATCH: "false",
    HUB_LOG_FORMAT: "json",
    SHELL: "/bin/sh",
  };
  const terminal = spawn("script", ["-qfec", command, "/dev/null"], { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines: string[] = [];
  let wake = () => {};
  createInterface({ input: terminal.stdout }).on("line", (line) => {
    lines.push(line);
    wake();
  });
  const said = async (what: string) => {
    while (!lines.some((line) => line.includes(what))) await new Promise<void>((resolve) => (wake = resolve));
  };
  await said('"core_up"');
  const hub = Number(readFileSync(pidFile, "utf8"));
  const core = Number(/"pid":(\d+)/.exec(lines.find((line) => line.includes('"core_up"')) ?? "")?.[1]);
  await said('"listening"');
  await said("core_summary");
  await writeFile(manifest, text("two"));
  process.kill(hub, "SIGHUP");
  await said('"reloaded"');
  const ended = once(terminal, "exit");
  terminal.kill("SIGKILL");
  await ended;
  while (existsSync(`/proc/${hub}`) || existsSync(`/proc/${core}`)) await new Promise((next) => setTimeout(next, 20));
  await rm(folder, { recursive: true });
});
