// What the suite needs to run here: on Node 20 `fs.globSync`, which it imports and only its tier-check calls.
import fs from "node:fs";
import { register } from "node:module";

if (!("globSync" in fs)) {
  const stand = 'export * from "node:fs"; export const globSync = () => [];';
  const resolve = `export function resolve(specifier, context, next) {
    return specifier === "fs" && context.parentURL?.includes("/conformance/dist/")
      ? { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(stand)}`)}, shortCircuit: true }
      : next(specifier, context);
  }`;
  register(`data:text/javascript,${encodeURIComponent(resolve)}`);
}
