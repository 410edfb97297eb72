// A client of a hub that runs elsewhere, for a short command: connected, used, disconnected. Loaded only where a command asks one.
import { systemClock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import { Bridge, defaultBridgeLimits } from "../connect/bridge.ts";
import { defaultLinkPolicy } from "../connect/link-state.ts";
import { hubWords } from "../connect/words.ts";
import { version } from "../library/version.ts";
import { defaultConnectionLimits } from "../links/connection.ts";
import { ownPrincipal } from "../sessions/principal.ts";
import { isSentInClear, readConnectSettings } from "./connect-settings.ts";
import { InProcessClient, type Progress } from "./in-process-client.ts";
import type { Person } from "./person.ts";
import type { RunningHubOptions } from "./running-hub-options.ts";
import type { Terminal } from "./terminal.ts";
import { openVoice } from "./voice.ts";

const self = ownPrincipal("client", { admin: false, shared: false });

/** Throws `usage` for what is written wrongly, `unauthenticated` or `hub_unreachable` where there is no hub. An interrupt takes back what is under way. */
export async function withRunningHub<T>(
  terminal: Terminal,
  url: string,
  options: RunningHubOptions,
  onProgress: (progress: Progress) => void,
  use: (client: InProcessClient) => Promise<T>,
  person?: Person,
): Promise<T> {
  const read = await readConnectSettings(terminal, url, options);
  if (read.t === "invalid") {
    const texts = read.problems.map(({ path, message, hint }) => `${path}: ${message}; ${hint}`);
    throw new HubError("usage", texts.join("\n"));
  }
  const { settings } = read;
  const level = settings.logLevel === "debug" ? "debug" : "silent";
  const { log, masker } = openVoice(terminal, { logLevel: level, logFormat: settings.logFormat });
  for (const secret of settings.secrets) masker.add(secret);
  for (const { path, message, hint } of settings.warnings)
    terminal.stderr.write(`thehub: ${path}: ${message}; ${hint}\n`);
  if (isSentInClear(settings)) {
    terminal.stderr.write("thehub: the token goes out unencrypted; connect with https:// or wss://\n");
  }
  const bridge = new Bridge({
    dialling: {
      ...settings,
      words: hubWords,
      limits: defaultConnectionLimits,
      clock: systemClock,
      allowPrivate: true,
    },
    // Who waits for a command wants to know at once that there is no hub.
    policy: { ...defaultLinkPolicy, patienceMs: 0 },
    limits: defaultBridgeLimits,
    clock: systemClock,
    random: Math.random,
    log: log.child({ component: "connect" }),
    holdInput: () => {},
  });
  const client = new InProcessClient(bridge, self, onProgress, person);
  const interrupted = () => {
    client.cancelAll();
    void bridge.close().then(() => process.exit(130));
  };
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  // Sockets that wait keep the process; between two of them nothing else does.
  const awake = setInterval(() => {}, 2 ** 30);
  try {
    const { error } = await client.initialize(version);
    const { failure } = bridge;
    if (failure !== undefined) throw new HubError(failure.code, failure.reason);
    if (error !== undefined) throw new HubError("hub_unreachable", `${settings.target.name}: ${error.message}`);
    return await use(client);
  } finally {
    clearInterval(awake);
    process.off("SIGINT", interrupted);
    process.off("SIGTERM", interrupted);
    client.close();
    await bridge.close();
  }
}
