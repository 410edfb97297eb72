// Whether a command is to ask a hub that runs already, instead of starting Cores of its own.
import { HubError } from "../base/errors.ts";
import { variable } from "../manifest/environment.ts";
import type { Terminal } from "./terminal.ts";

export interface RunningHubOptions {
  readonly manifest?: string;
  readonly url?: string;
  readonly tokenEnv?: string;
  readonly tokenFile?: string;
  readonly header?: readonly string[];
  readonly profile?: string;
}

/** The URL of the hub to ask; undefined: none. A manifest that is named stands for Cores of one's own, whatever HUB_URL says. */
export function runningHubUrl({ env }: Terminal, options: RunningHubOptions): string | undefined {
  const { url, manifest, tokenEnv, tokenFile, header } = options;
  if (url !== undefined && manifest !== undefined) {
    throw new HubError(
      "usage",
      "--manifest is for Cores of one's own, --url for a hub that runs already: name one of them",
    );
  }
  const found = url ?? (manifest === undefined ? variable(env, "HUB_URL") : undefined);
  if (found === undefined && (tokenEnv ?? tokenFile ?? header) !== undefined) {
    throw new HubError("usage", "a token or header is for a hub that runs already: name it with --url, or set HUB_URL");
  }
  return found;
}
