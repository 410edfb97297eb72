// The ways in for clients, by the names that logs, metrics and traces show.
export const doorKinds = ["stdio", "websocket", "http", "sse"] as const;

export type DoorKind = (typeof doorKinds)[number];
