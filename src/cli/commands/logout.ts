// `thehub logout CORE`: the authorization server is told that the login is over, where it wants to know, and the hub forgets it.
import { revoke } from "../../logins/revocation.ts";
import { type LoginOptions, loginScene } from "../login-scene.ts";
import { oneLine, type Terminal } from "../terminal.ts";

/** Exit 0: it is gone, or there was none. */
export async function logout(terminal: Terminal, core: string, options: LoginOptions): Promise<number> {
  const { deps, target, owner } = await loginScene(terminal, core, options);
  const { vault } = deps;
  // A hub that renews it at this moment would keep what it gets.
  const { revoked, isGone } = await vault.alone(target.core, owner, async () => {
    const found = await vault.read(target.core, owner);
    const told = found.t === "login" ? await revoke(deps, target, found.record) : undefined;
    return { revoked: told, isGone: await vault.remove(target.core, owner) };
  });
  if (options.json === true) {
    terminal.stdout.write(
      `${JSON.stringify({ core: target.core, removed: isGone, revoked: revoked?.t === "revoked" })}\n`,
    );
    return 0;
  }
  const name = oneLine(target.core);
  if (!isGone) terminal.stdout.write(`${name}: there was no login\n`);
  else if (revoked === undefined || revoked.t === "revoked") terminal.stdout.write(`${name}: signed out\n`);
  else
    terminal.stdout.write(`${name}: signed out here; its tokens stay good until they end (${oneLine(revoked.why)})\n`);
  return 0;
}
