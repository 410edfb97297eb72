// For `node --import`: writes the URL of every module that the process loads to the file that LOADED_MODULES names: ES modules as they
// are loaded, those in CommonJS when the process ends.
import { appendFileSync } from "node:fs";
import { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";

const file = process.env.LOADED_MODULES;
const hooks = `
import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED_MODULES, url + "\\n");
  return next(url, context);
}`;
if (file !== undefined) {
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
  const { cache } = createRequire(import.meta.url);
  process.on("exit", () => {
    for (const path of Object.keys(cache)) appendFileSync(file, `${pathToFileURL(path)}\n`);
  });
}
