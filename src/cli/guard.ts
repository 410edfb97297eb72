// Beyond this machine nobody gets in without a token, unless HUB_ANONYMOUS=allow says so, and where clients are let in with the hub's token there has
// to be one: at the start, and after every reload.
import { HubError } from "../base/errors.ts";
import type { ListenAddress } from "../base/listen-address.ts";
import { isLoopback } from "../doors/listen.ts";
import type { Settings } from "../manifest/settings.ts";
import type { Log } from "../telemetry/log.ts";
import { keptToken, type MadeToken, passingToken } from "./made-token.ts";
import type { Prepared } from "./prepare.ts";
import type { Terminal } from "./terminal.ts";

export interface Guard {
  /** The settings, with a token made for them where they need one. */
  settingsFor(prepared: Prepared): Promise<Settings>;
  /** Of this run; undefined while none was needed. */
  readonly made: MadeToken | undefined;
}

/** `addresses`: where the hub listens, whatever a later manifest says. */
export function createGuard(terminal: Terminal, addresses: readonly ListenAddress[], log: Log): Guard {
  let made: MadeToken | undefined;
  let isStart = true;
  const isExposed = !addresses.every(isLoopback);
  return {
    get made() {
      return made;
    },
    async settingsFor({ settings, manifest }) {
      // A token that is only shown is shown once, when the hub starts.
      const mayPass = isStart && terminal.stdout.isTTY === true;
      isStart = false;
      const isGuarded = settings.token !== undefined || manifest.clients.length > 0;
      // Its own authorization server asks for a token that is still the same after a restart, wherever the hub listens.
      const isAsked = settings.auth.builtin !== undefined;
      if (isGuarded || (!isAsked && (settings.anonymous === "allow" || !isExposed))) return settings;
      made ??= mayPass && !isAsked ? passingToken() : await keepToken(settings.stateDir, log);
      return { ...settings, token: made.token };
    },
  };
}

async function keepToken(stateDir: string, log: Log): Promise<MadeToken> {
  try {
    const made = await keptToken(stateDir);
    log.warn("token_made", {
      file: made.file,
      fix: "clients present the token in this file, which thehub token show prints; set HUB_TOKEN to choose one",
    });
    return made;
  } catch (error) {
    throw new HubError(
      "usage",
      `the hub needs a token (it listens beyond loopback, or has auth: builtin), and none could be kept in ${stateDir}: set HUB_TOKEN, or HUB_STATE_DIR to a folder that can be written to`,
      {},
      error,
    );
  }
}
