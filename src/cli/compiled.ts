// What stands in the place of a part of the build that must start quickly: it runs the part's code, with what V8 made of it when it was
// built, where this Node is the one that built it. The build makes one of it for each part; docs/decisions/0030-start-in-chunks.md.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";

/** The part's name, and a print of its code: compiled code of another build must not be taken for it. */
declare const __part: string;
declare const __print: string;

const file = join(__dirname, `${__part}.code.js`);
const { arch, platform, version } = process;

/** V8 looks whether it is its own, and of code as long as this one. */
function compiledBefore(): Buffer | undefined {
  try {
    return readFileSync(join(__dirname, `${__part}-${__print}-${version}-${platform}-${arch}.cache`));
  } catch {
    return undefined;
  }
}

const cachedData = compiledBefore();
// Compiled code cannot import: it is done for it, from here, which is in the same folder.
const load = (place: string): Promise<unknown> => import(place);
// The build writes nothing but ASCII.
const script = new Script(readFileSync(file, "latin1"), {
  filename: file,
  ...(cachedData === undefined ? {} : { cachedData }),
});
script.runInThisContext()(module, require, load, file, __dirname);
