// HTTP+SSE for hubs that most clients reach otherwise: its code is read when the first of its clients comes.
import { nobodyAnyMore } from "./http/refusals.ts";
import type { WebDoor } from "./http-router.ts";
import { errorReply, refuse } from "./reply.ts";
import type { SseDoor, SseDoorDeps } from "./sse-door.ts";

export class LateSseDoor {
  readonly stream: WebDoor = this.#part("stream", "GET");
  readonly messages: WebDoor = this.#part("messages", "POST");
  readonly #deps: SseDoorDeps;
  #door: SseDoor | undefined;
  #reading: Promise<SseDoor> | undefined;
  #closing = false;

  constructor(deps: SseDoorDeps) {
    this.#deps = deps;
  }

  /** As of the door itself. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    await this.#door?.close(graceMs);
  }

  #part(name: "stream" | "messages", method: string): WebDoor {
    return {
      methods: [method],
      handle: (request, response, guest, path) => {
        if (this.#door !== undefined) {
          this.#door[name].handle(request, response, guest, path);
          return;
        }
        void this.#read().then(
          (door) => {
            if (response.destroyed) return;
            const { judge } = this.#deps;
            const now = judge === undefined ? guest : judge(guest);
            if (now === undefined) refuse(request, response, nobodyAnyMore);
            else door[name].handle(request, response, now, path);
          },
          (error: unknown) => {
            this.#reading = undefined;
            this.#deps.log.warn("sse_door_unreadable", { error: String(error) });
            refuse(request, response, unreadable);
          },
        );
      },
    };
  }

  async #read(): Promise<SseDoor> {
    this.#reading ??= import("./sse-door.ts").then(({ SseDoor }) => {
      const door = new SseDoor(this.#deps);
      this.#door = door;
      // Nobody is inside: it only has to know.
      if (this.#closing) void door.close(0);
      return door;
    });
    return this.#reading;
  }
}

const unreadable = errorReply("internal", "the hub cannot read its own code for HTTP+SSE; restart it");
