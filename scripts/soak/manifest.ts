// The Cores of a soak run: the template, a fixture that gives back what it gets, and two official servers. All may be killed often.
import { join } from "node:path";
import { fixture, root } from "../../test/helpers/hub-process.ts";

const node = JSON.stringify(process.execPath);
const server = (name: string) =>
  JSON.stringify(join(root, `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`));
const health = "health: { restart_backoff_ms: 200, max_restarts: 1000000 }";

export const soakManifest: string = `cores:
  template:
    command: thehub-template-core
    ${health}
  mirror:
    ${fixture("mirror.mjs")}
    secrets: [API_TOKEN]
    ${health}
  everything:
    command: ${node}
    args: [${server("everything")}]
    ${health}
  files:
    command: ${node}
    args: [${server("filesystem")}, ${JSON.stringify(root)}]
    ${health}
`;
