// What clients call a task of the extension io.modelcontextprotocol/tasks: where it is and whose, sealed. Nobody can make one, and it is good for one
// caller only. The hub keeps nothing of the tasks of modern Cores: an id outlives the hub, as long as its key does.
import { createHash } from "node:crypto";
import type { Principal } from "../../sessions/principal.ts";
import type { ByteString } from "../../wire/frame.ts";
import { subjectOf } from "./sealed-state.ts";
import { Sealer, type SealerDeps } from "./sealer.ts";

export interface TaskHandle {
  /** Who knows the task: its Core, or the hub, where a call waits in a Core that has no tasks of this kind. */
  readonly place: "core" | "hub";
  /** The Core's key. */
  readonly core: string;
  /** The canonical name of the tool that was called. */
  readonly tool: string;
  /** In that place: the Core's own as it wrote it, quotes and escapes too, or the hub's own. */
  readonly id: ByteString;
}

const format = "t1";
const context = "task";
/** A longer one is none of this hub's: a Core's own has at most 1024 bytes. */
const maxChars = 8 * 1024;

export class TaskHandles {
  readonly #sealer: Sealer;

  constructor(deps: SealerDeps) {
    this.#sealer = new Sealer(deps);
  }

  /** Plain ASCII: needs no escape in JSON, nor in a header. */
  nameOf({ place, core, tool, id }: TaskHandle, principal: Principal): string {
    return this.#sealer.seal(format, JSON.stringify([place, core, tool, id, ownerOf(principal)]), context);
  }

  /** Undefined for what is no task of this caller. */
  find(name: string, principal: Principal): TaskHandle | undefined {
    const plain = name.length > maxChars ? undefined : this.#sealer.open(format, name, context);
    if (plain === undefined) return undefined;
    const [place, core, tool, id, owner] = JSON.parse(plain) as [TaskHandle["place"], string, string, string, string];
    return owner === ownerOf(principal) ? { place, core, tool, id } : undefined;
  }
}

/** Short, however long a subject's name is. */
function ownerOf(principal: Principal): string {
  return createHash("sha256").update(subjectOf(principal)).digest().subarray(0, 16).toString("base64url");
}
