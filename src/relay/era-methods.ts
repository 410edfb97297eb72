// Which of the request methods there are in which era.
import { taskMethods } from "./bridge/task-requests.ts";

/** What there is of it in the modern era, which has no handshake and no session. */
export const modernMethods: readonly string[] = [
  "tools/call",
  "prompts/get",
  "resources/read",
  "completion/complete",
  "tools/list",
  "prompts/list",
  "resources/list",
  "resources/templates/list",
  "server/discover",
  "subscriptions/listen",
  ...taskMethods,
];

/** What there is not in the other one. */
export const onlyModern: ReadonlySet<string> = new Set(["server/discover", "subscriptions/listen", "tasks/update"]);
