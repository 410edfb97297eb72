// `thehub restart CORE` and `thehub drain CORE`: one Core of a running hub is started anew, or finishes its calls and stops.
import { type AdminOptions, findAdmin } from "../admin-client.ts";
import { oneLine, printJson, type Terminal } from "../terminal.ts";

/** Exit 0: done. 1: no hub, no such Core, or not allowed. 3: the Core did not come up. */
export async function steer(
  action: "restart" | "drain",
  terminal: Terminal,
  core: string,
  options: AdminOptions,
): Promise<number> {
  const admin = await findAdmin(terminal, options);
  const { body, error } = await admin.ask("POST", `cores/${encodeURIComponent(core)}/${action}`);
  if (options.json === true) {
    printJson(terminal, body);
    return error?.facts.exit ?? 0;
  }
  if (error !== undefined) {
    const words = Array.isArray(body["stderr"]) ? body["stderr"].map((line) => `  ${oneLine(String(line))}\n`) : [];
    terminal.stderr.write(words.join(""));
    throw error;
  }
  const name = oneLine(core);
  if (action === "restart") {
    const { tools, pid, reason } = body;
    // It may wait for a login still.
    const now = reason === undefined ? `${tools} tools, process ${pid}` : `and ${oneLine(String(reason))}`;
    terminal.stdout.write(`${name}: restarted, ${now}\n`);
  } else terminal.stdout.write(`${name}: drained and stopped; thehub restart ${name} brings it back\n`);
  return 0;
}
