// What a hub is called where it cannot be had, and what helps.
import type { PeerWords } from "../links/losses.ts";

export const hubWords: PeerWords = {
  noun: "hub",
  refused: "nothing listens there; start the hub with thehub serve, or correct the port",
  noSocket: "there is no such socket; start the hub with HUB_LISTEN=unix:PATH",
  noPermission: "no permission; a hub's socket belongs to the user who runs the hub",
  paths: {
    websocket: "check the path: /, /mcp or /ws, behind HUB_BASE_PATH if it is set",
    sse: "check the path: a hub serves HTTP+SSE at /sse, behind HUB_BASE_PATH if it is set",
    http: "check the path: a hub serves Streamable HTTP at /mcp, behind HUB_BASE_PATH if it is set",
  },
  odd: "is it a hub, and its path /mcp?",
  wrongToken:
    "put the hub's token, or that of a client of its manifest, there, or name another variable with --token-env",
  noToken: "put it into HUB_TOKEN, or name its variable with --token-env",
};
