// The guardian: a small shell that outlives the hub for the moment it takes to end what the hub started. It waits for
// input that never comes; the end of its input is the hub's death, `kill -9` included.
import { type ChildProcess, spawn } from "node:child_process";
import type { Log } from "../telemetry/log.ts";
import { hubLabel } from "./container.ts";
import { hubMarker, instanceVariable } from "./environment.ts";

/** Stands behind a NUL byte in the guardian's own environment: a grep that finds it can search others' too. */
const proofVariable = "THEHUB_GUARDIAN";

/**
 * First line of input: the mark of the hub's processes. Then `engine FILE`, with `set NAME=VALUE` before it, where containers of the hub's are to be
 * removed as well; and `well`, when the hub stopped all of it itself. The mark is
 * not an argument, because `ps` shows arguments beside environments and the guardian would find itself. Where grep stops at
 * a NUL byte (busybox), the shell reads by itself, more slowly: its `read` drops such bytes.
 */
const script = `
trap '' HUP INT TERM
IFS= read -r mark || exit 0
[ -n "$mark" ] || exit 0
engines=
while IFS= read -r word; do
  case $word in
    well) exit 0 ;;
    set\\ *) export "\${word#set }" ;;
    engine\\ *) engines="$engines\${word#engine }
" ;;
  esac
done

hub=\${mark#*=}
hub=\${hub%.}
containers() {
  printf %s "$engines" | while IFS= read -r engine; do
    "$engine" ps --all --quiet --filter "label=${hubLabel}=$hub" | while IFS= read -r id; do "$engine" rm --force --volumes "$id"; done
  done
}
done_with() { wait; exit 0; }

carries() {
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in *"$mark"*) return 0 ;; esac
  done
  return 1
}

marked() {
  if grep -qF ${proofVariable}= "/proc/$$/environ"; then
    grep -lF -e "$mark" /proc/[0-9]*/environ | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
  elif [ -r /proc/self/environ ]; then
    for folder in /proc/[0-9]*; do
      if [ -r "$folder/environ" ] && carries < "$folder/environ"; then echo "\${folder#/proc/}"; fi
    done
  else
    ps -axww -E -o pid=,command= | while read -r pid rest; do
      case $rest in *"$mark"*) echo "$pid" ;; esac
    done
  fi 2>/dev/null
}

pause() { sleep 0.25 2>/dev/null || sleep 1; }

round() {
  pids=$(marked)
  [ -n "$pids" ] || done_with
  kill "-$1" $pids 2>/dev/null
  pause
}

# Most leave by themselves now, because their stdin has ended with the hub.
pause
containers >/dev/null 2>&1 &
round TERM; round TERM; round TERM; round TERM
round KILL; round KILL; round KILL; round KILL
done_with
`;

export interface GuardianDeps {
  readonly hubId: string;
  readonly log: Log;
  /** PATH for grep, ps and sleep. */
  readonly path: string;
}

/** A guardian that dies is replaced this often; then the sweep at the next start is what is left. */
const maxReplacements = 3;

/** Keeps the hub's process alive until it is dismissed. */
export class Guardian {
  readonly #deps: GuardianDeps;
  #shell: ChildProcess | undefined;
  /** What every shell is told beside the mark. */
  #further = "";
  #replacements = 0;
  #dismissed = false;

  constructor(deps: GuardianDeps) {
    this.#deps = deps;
    this.#post();
  }

  get pid(): number | undefined {
    return this.#shell?.pid;
  }

  /** Containers that this engine runs for the hub end with it as well. */
  endsContainersOf(file: string, env: Readonly<Record<string, string>>): void {
    const set = Object.entries(env).filter(([name, value]) => name !== "PATH" && !/\n/.test(value));
    const lines = [...set.map(([name, value]) => `set ${name}=${value}\n`), `engine ${file}\n`].join("");
    if (this.#further.includes(lines)) return;
    this.#further += lines;
    this.#shell?.stdin?.write(lines);
  }

  /** To be called when every Core has been stopped. Resolves when the shell is gone, having touched nothing. */
  async dismiss(): Promise<void> {
    this.#dismissed = true;
    const shell = this.#shell;
    if (shell === undefined) return;
    const gone = new Promise<void>((resolve) => shell.once("exit", () => resolve()));
    shell.stdin?.end("well\n");
    await gone;
  }

  #post(): void {
    // No variable of the hub's but PATH: a hub that is itself some hub's Core must not lose its guardian to that one's mark.
    const shell = spawn("/bin/sh", ["-c", script, "thehub-guardian"], {
      cwd: "/",
      detached: true,
      env: { PATH: this.#deps.path, [proofVariable]: "1" },
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#shell = shell;
    // A pipe that fails and a shell that cannot be started are both followed by #lost.
    shell.stdin.on("error", () => {});
    shell.once("error", (error) => this.#lost(error.message));
    shell.once("exit", (code, signal) => this.#lost(signal ?? `code ${code}`));
    shell.stdin.write(`${instanceVariable}=${hubMarker(this.#deps.hubId)}\n${this.#further}`);
  }

  #lost(how: string): void {
    this.#shell = undefined;
    if (this.#dismissed) return;
    const again = this.#replacements++ < maxReplacements;
    this.#deps.log.warn("guardian_lost", { how, replaced: again });
    if (again) this.#post();
  }
}
