/**
 * Why the hub ends a client's connection. `unauthorized`: what it came in with lets nobody in any more. `dismissed`: an admin has ended
 * it; the client may come back.
 */
export type EndReason = "shutdown" | "slow_reader" | "protocol_error" | "unauthorized" | "dismissed";
