// For `node --import`: writes the URL of every module that the process loads to the file that LOADED_MODULES names.
import { register } from "node:module";

const hooks = `
import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED_MODULES, url + "\\n");
  return next(url, context);
}`;
if (process.env.LOADED_MODULES !== undefined) register(`data:text/javascript,${encodeURIComponent(hooks)}`);
