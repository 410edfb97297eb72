// What every floor does with its one child: swap the request id by its bytes, pipe the rest, and hand a complete answer back as
// the chunks it came in. A floor trusts both sides and checks nothing.
import { spawn } from "node:child_process";

/** Messages up to this size are put together as strings and written in one piece. */
export const smallBytes = 16 * 1024;

export function startChild([command, ...args]) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.on("exit", () => process.exit(0));
  child.stdin.on("error", () => process.exit(0));
  process.on("SIGTERM", () => child.stdin.end());
  return child;
}

/** Range of the id's bytes in the start of a message, or undefined for a notification. */
function findId(text) {
  const at = text.indexOf('"id":');
  if (at < 0) return undefined;
  const start = at + 5;
  let end = start;
  if (text.charCodeAt(start) === 34) return { start, end: text.indexOf('"', start + 1) + 1 };
  for (let code = text.charCodeAt(end); code !== 44 && code !== 125; code = text.charCodeAt(end)) end++;
  return { start, end };
}

/** A large message with its start in one piece: the id is within the first bytes. */
function open(chunks) {
  let [first, ...rest] = chunks;
  while (first.length < 256 && rest.length > 0) first = Buffer.concat([first, rest.shift()]);
  return { first, head: first.latin1Slice(0, 256), rest };
}

const newline = Buffer.from("\n");

/**
 * `answers.small(owner, text)` and `answers.large(owner, chunks, size)` get each answer, its id restored, for the owner who
 * sent the request; `answers.settled()` is called when a chunk of the child's output has been used up.
 */
export function relay(child, answers) {
  /** Relay id -> where the answer goes: { owner, id }. */
  const pending = new Map();
  let nextId = 1;
  /** Small messages on their way to the child. */
  let toChild = "";
  /** Chunks of a line that has not ended yet. */
  let line = [];
  let lineBytes = 0;

  function flush() {
    if (toChild === "") return;
    child.stdin.write(toChild, "latin1");
    toChild = "";
  }

  function take(text, id) {
    const own = Number(text.slice(id.start, id.end));
    const call = pending.get(own);
    pending.delete(own);
    return call;
  }

  function returnSmall(text) {
    const id = findId(text);
    const call = id && take(text, id);
    if (call === undefined) return;
    answers.small(call.owner, text.slice(0, id.start) + call.id + text.slice(id.end));
  }

  function returnLarge(chunks, size) {
    const { first, head, rest } = open(chunks);
    const id = findId(head);
    const call = id && take(head, id);
    if (call === undefined) return;
    const start = Buffer.from(head.slice(0, id.start) + call.id, "latin1");
    const full = size - (id.end - id.start) + call.id.length;
    answers.large(call.owner, [start, first.subarray(id.end), ...rest], full);
  }

  child.stdout.on("data", (chunk) => {
    let at = 0;
    if (lineBytes > 0) {
      const end = chunk.indexOf(10);
      const last = end < 0 ? chunk : chunk.subarray(0, end);
      line.push(last);
      lineBytes += last.length;
      if (end < 0) return;
      if (lineBytes <= smallBytes) returnSmall(Buffer.concat(line, lineBytes).latin1Slice());
      else returnLarge(line, lineBytes);
      line = [];
      lineBytes = 0;
      at = end + 1;
    }
    for (let end = chunk.indexOf(10, at); end >= 0 && at < chunk.length; end = chunk.indexOf(10, at)) {
      if (end - at <= smallBytes) returnSmall(chunk.latin1Slice(at, end));
      else returnLarge([chunk.subarray(at, end)], end - at);
      at = end + 1;
    }
    if (at < chunk.length) {
      line.push(chunk.subarray(at));
      lineBytes = chunk.length - at;
    }
    answers.settled();
  });

  return {
    /** False for a notification: nobody will answer. The message leaves with the next `flush`. */
    small(owner, text) {
      const id = findId(text);
      if (id === undefined) {
        toChild += `${text}\n`;
        return false;
      }
      const own = nextId++;
      pending.set(own, { owner, id: text.slice(id.start, id.end) });
      toChild += `${text.slice(0, id.start)}${own}${text.slice(id.end)}\n`;
      return true;
    },
    /** A request; leaves at once, behind what waits. */
    large(owner, chunks) {
      flush();
      const { first, head, rest } = open(chunks);
      const id = findId(head);
      const own = nextId++;
      pending.set(own, { owner, id: head.slice(id.start, id.end) });
      child.stdin.write(Buffer.from(head.slice(0, id.start) + own, "latin1"));
      child.stdin.write(first.subarray(id.end));
      for (const chunk of rest) child.stdin.write(chunk);
      child.stdin.write(newline);
    },
    flush,
  };
}
