// The commands that serve, together: they load the same, so that the build makes one file of both.
import { systemClock } from "../base/clock.ts";
import { serve } from "./commands/serve.ts";
import { stdio } from "./commands/stdio.ts";
import { keepHeapRoom } from "./heap-room.ts";
import { keepFreedMemory } from "./kept-memory.ts";
import type { Terminal } from "./terminal.ts";

export interface ServingOptions {
  readonly manifest?: string;
  /** For `serve`. */
  readonly listen?: string;
  /** For `stdio`. */
  readonly profile?: string;
}

/** Resolves with the exit code. */
export function runServing(name: "serve" | "stdio", terminal: Terminal, options: ServingOptions): Promise<number> {
  keepHeapRoom(systemClock);
  keepFreedMemory(systemClock);
  return name === "serve" ? serve(terminal, options) : stdio(terminal, options);
}
