// The version of this package, as package.json has it.
import { readFileSync } from "node:fs";

/** The package's own folder, with a trailing slash: holds schemas/ and examples/ in a clone and in an installed package. */
export const packageRoot: URL = new URL("../../", import.meta.url);

const facts = JSON.parse(readFileSync(new URL("package.json", packageRoot), "utf8")) as { version: string };

export const version: string = facts.version;
