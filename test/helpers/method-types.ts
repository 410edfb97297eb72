// The names that the specification gives to what goes with a method, in all revisions: `CallTool` + `Request`, `Result`, `ResultResponse`, `Notification`.
const requests: Readonly<Record<string, string>> = {
  initialize: "Initialize",
  ping: "Ping",
  "server/discover": "Discover",
  "subscriptions/listen": "SubscriptionsListen",
  "tools/list": "ListTools",
  "tools/call": "CallTool",
  "prompts/list": "ListPrompts",
  "prompts/get": "GetPrompt",
  "resources/list": "ListResources",
  "resources/templates/list": "ListResourceTemplates",
  "resources/read": "ReadResource",
  "resources/subscribe": "Subscribe",
  "resources/unsubscribe": "Unsubscribe",
  "completion/complete": "Complete",
  "logging/setLevel": "SetLevel",
  "sampling/createMessage": "CreateMessage",
  "elicitation/create": "Elicit",
  "roots/list": "ListRoots",
};

const notifications: Readonly<Record<string, string>> = {
  "notifications/initialized": "Initialized",
  "notifications/cancelled": "Cancelled",
  "notifications/progress": "Progress",
  "notifications/message": "LoggingMessage",
  "notifications/tools/list_changed": "ToolListChanged",
  "notifications/prompts/list_changed": "PromptListChanged",
  "notifications/resources/list_changed": "ResourceListChanged",
  "notifications/resources/updated": "ResourceUpdated",
  "notifications/roots/list_changed": "RootsListChanged",
  "notifications/elicitation/complete": "ElicitationComplete",
  "notifications/subscriptions/acknowledged": "SubscriptionsAcknowledged",
};

/** Those whose answer says no more than that it is one. */
const answeredEmpty = new Set(["ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"]);

function named(table: Readonly<Record<string, string>>, method: string): string {
  const name = table[method];
  if (name === undefined) throw new Error(`what does the specification call ${method}?`);
  return name;
}

export const requestType = (method: string): string => `${named(requests, method)}Request`;

export const notificationType = (method: string): string => `${named(notifications, method)}Notification`;

export const resultType = (method: string): string =>
  answeredEmpty.has(method) ? "EmptyResult" : `${named(requests, method)}Result`;
