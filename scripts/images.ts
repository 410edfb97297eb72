// Makes docs/images from the real thing: `npm run images`. Terminals are recorded by util-linux's `script` and drawn as SVG,
// the browser's page is a screenshot of headless Chromium. Port 3000 must be free. `npm run images -- list check` makes some,
// and with --check compares those that are the same at every run with the files, and writes nothing.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { terminalPicture } from "./terminal-picture.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const images = join(root, "docs/images");
const columns = 100;
const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { check: { type: "boolean", default: false } },
});
const folder = mkdtempSync(join(tmpdir(), "thehub-images-"));
// As root there is no fence, and the log says so; the people who see this are not root.
const env = { ...cleanEnv(), HUB_FENCE: "off", HUB_STATE_DIR: join(folder, "state"), TERM: "xterm-256color" };

/** A manifest with the mistakes that people make. */
const broken = `hub:
  limits: { max_concurency_per_client: 5 }
clients:
  laptop: { token_sha256: my-token, allow: ["fles.*"] }
cores:
  files:
    comand: npx
    args: "-y @modelcontextprotocol/server-filesystem ."
  notes:
    command: node my-server.js
    env: { PORT: 8080 }
`;

const pictures: Readonly<Record<string, () => Promise<void>>> = {
  start: async () => {
    const hub = recorded("npm start", root);
    await hub.until('"stdio"\n');
    await stopped(hub.child);
    draw("start", "npm start", hub.output().replaceAll(root, "/path/to/thehub/"));
  },
  list: async () => drawCommand("list", "npx thehub list", "list"),
  check: async () => {
    writeFileSync(join(folder, "hub.yaml"), broken);
    drawCommand("check", "npx thehub check hub.yaml", "check hub.yaml");
  },
  healthz: async () => {
    const hub = recorded("node dist/cli/main.js serve", root);
    await hub.until("core_summary");
    const target = join(images, "healthz.png");
    const flags = "--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --window-size=640,160".split(
      " ",
    );
    const args = [...flags, `--user-data-dir=${join(folder, "chromium")}`, `--screenshot=${target}`];
    execFileSync(process.env["CHROMIUM"] ?? "chromium", [...args, "http://localhost:3000/healthz"], {
      stdio: "ignore",
    });
    await stopped(hub.child);
  },
};

mkdirSync(images, { recursive: true });
try {
  for (const [name, make] of Object.entries(pictures)) if (wanted.length === 0 || wanted.includes(name)) await make();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A command of the built hub, run to its end in a terminal of its own. */
function drawCommand(name: string, typed: string, args: string): void {
  const command = `stty cols ${columns}; node ${join(root, "dist/cli/main.js")} ${args}`;
  const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], { cwd: folder, env, encoding: "utf8" });
  draw(name, typed, stdout);
}

function draw(name: string, typed: string, output: string): void {
  const file = join(images, `${name}.svg`);
  const picture = terminalPicture(typed, withoutEcho(output), columns);
  if (!options.check) writeFileSync(file, picture);
  else if (readFileSync(file, "utf8") !== picture) {
    process.exitCode = 1;
    console.error(`docs/images/${name}.svg shows what the command no longer writes: run npm run images`);
  }
}

/** What npm says of the script it runs is about this clone's package.json, not about the hub. */
function withoutEcho(output: string): string {
  return output.replace(/^\s*> .*\r?\n> .*\r?\n\s*/, "");
}

interface Recording {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves when this text has been written. */
  until(text: string): Promise<void>;
}

function recorded(command: string, cwd: string): Recording {
  const args = ["-qefc", `stty cols ${columns}; exec ${command}`, "/dev/null"];
  const child = spawn("script", args, { cwd, env, stdio: ["ignore", "pipe", "ignore"], detached: true });
  let output = "";
  const wakers = new Set<() => void>();
  child.stdout.on("data", (chunk) => {
    output += chunk;
    for (const wake of wakers) wake();
  });
  return {
    child,
    output: () => output,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.replaceAll("\r", "").includes(text)) resolve();
        };
        wakers.add(look);
        child.once("exit", () => reject(new Error(`${command} ended:\n${output}`)));
        look();
      }),
  };
}

async function stopped(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  process.kill(-(child.pid ?? 0), "SIGTERM");
  await gone;
}

/** No setting of whoever runs this shows in a picture. */
function cleanEnv(): Record<string, string | undefined> {
  const names = Object.keys(process.env).filter((name) => !/^(?:HUB_|npm_|NO_COLOR|FORCE_COLOR)/.test(name));
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}
