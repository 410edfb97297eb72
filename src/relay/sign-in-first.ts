// Names of Cores that wait for a login. What such a Core has nobody knows before its person has signed in, so a name that might be one of its is not
// unknown: its call asks for the login, as that of the tool does which stands in for all of them.
import { HubError } from "../base/errors.ts";
import type { View } from "../catalog/view.ts";
import { quoted } from "./answers.ts";

/** The tool that a session is shown in place of all that a Core has. */
export interface StandIn {
  readonly core: string;
  /** The canonical name of the tool. */
  readonly tool: string;
}

/** How a client calls it, and what the names of its Core begin with. */
interface Shown {
  readonly core: string;
  readonly exposed: string;
  readonly prefixes: readonly string[];
}

export class SignInFirst {
  readonly #shown: readonly Shown[];

  /** Only those count that the caller may use. */
  constructor(standIns: readonly StandIn[], view: View) {
    this.#shown = standIns.flatMap(({ core, tool }) => {
      const found = view.tool(tool);
      if (found?.t !== "found" || found.route.core !== core) return [];
      const { exposed, canonical, native } = found.route;
      const prefixes = [exposed, canonical].flatMap((name) =>
        name.endsWith(native) ? name.slice(0, -native.length) : [],
      );
      return { core, exposed, prefixes: prefixes.filter((prefix) => prefix !== "") };
    });
  }

  /** The Core whose name this may be; undefined where no name of a Core that waits begins so. */
  coreOf(name: string): string | undefined {
    return this.#shown.find(({ prefixes }) => prefixes.some((prefix) => name.startsWith(prefix)))?.core;
  }

  /** `fix`: what finds the names that there are. */
  unknown(kind: string, name: string, fix: string): HubError {
    const logins = this.#shown.map(
      ({ core, exposed }) => `; ${exposed} signs in to core ${quoted(core)}, and shows what that has`,
    );
    return new HubError("name_unknown", `unknown ${kind} ${quoted(name)}; ${fix}${logins.join("")}`);
  }
}
