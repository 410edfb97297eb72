// For `node --require`: writes the names of Node's own modules that the process loaded to the file that OWN_MODULES names, when it ends.
const { appendFileSync } = require("node:fs");

process.on("exit", () => {
  const names = process.moduleLoadList.filter((entry) => entry.startsWith("NativeModule "));
  appendFileSync(process.env.OWN_MODULES, names.map((entry) => `${entry.slice("NativeModule ".length)}\n`).join(""));
});
