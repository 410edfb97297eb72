// Makes anything safe to put on a log line: plain data of bounded size, without credentials. Never throws.
import { isCredentialName } from "../base/credential-name.ts";

/** Longest text of one field, in characters. */
const maxText = 8192;
const maxItems = 64;
const maxDepth = 6;
/** Values on one line altogether: what is circular and wide would grow without end. */
const maxValues = 512;

export interface FieldOptions {
  readonly withStacks: boolean;
  /** Takes secrets out of a text; called with the whole of it, before it is cut. */
  maskText(text: string): string;
}

export function logFields(context: Record<string, unknown>, options: FieldOptions): Record<string, unknown> {
  try {
    return fieldsOf(context, { ...options, left: maxValues }, 0);
  } catch {
    // A proxy can throw anywhere; the line itself still counts.
    return { context: "[unreadable]" };
  }
}

interface Walk extends FieldOptions {
  /** Values that may still be shown. */
  left: number;
}

function fieldsOf(object: object, walk: Walk, depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  let count = 0;
  for (const name of Object.keys(object)) {
    const value = read(object, name);
    if (value === undefined || typeof value === "function" || typeof value === "symbol") continue;
    count += 1;
    if (count > maxItems || walk.left <= 0) {
      fields["more"] = "[cut]";
      break;
    }
    const hidden = isCredentialName(name) && value !== null && typeof value !== "boolean";
    fields[name] = hidden ? "[secret]" : plainValue(value, walk, depth + 1);
  }
  return fields;
}

function plainValue(value: unknown, walk: Walk, depth: number): unknown {
  walk.left -= 1;
  if (walk.left < 0) return "[cut]";
  if (typeof value === "string") return shortened(value, walk);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > maxDepth) return "[deep]";
  if (value instanceof Error) return errorFields(value, walk, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return itemsOf(value, walk, depth);
  // A Secret or a date says itself what it looks like.
  const told = toldValue(value);
  return told === undefined ? fieldsOf(value, walk, depth) : plainValue(told, walk, depth + 1);
}

function itemsOf(values: readonly unknown[], walk: Walk, depth: number): unknown[] {
  const items: unknown[] = [];
  while (items.length < Math.min(values.length, maxItems) && walk.left > 0) {
    items.push(plainValue(values[items.length], walk, depth + 1));
  }
  if (items.length < values.length) items.push(`[${values.length - items.length} more]`);
  return items;
}

function errorFields(error: Error, walk: Walk, depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = { name: error.name, message: shortened(String(error.message), walk) };
  const code = read(error, "code");
  if (typeof code === "string" || typeof code === "number") fields["code"] = code;
  if (error.cause !== undefined) fields["cause"] = plainValue(error.cause, walk, depth + 1);
  if (walk.withStacks && error.stack !== undefined) fields["stack"] = shortened(error.stack, walk);
  return fields;
}

function shortened(text: string, walk: Walk): string {
  const masked = walk.maskText(text);
  return masked.length <= maxText ? masked : `${masked.slice(0, maxText)}[${masked.length - maxText} more]`;
}

function toldValue(value: object): unknown {
  const tell = read(value, "toJSON");
  if (typeof tell !== "function") return undefined;
  try {
    return tell.call(value) ?? null;
  } catch {
    // A log line must not fail because of what it was to show.
    return "[unreadable]";
  }
}

function read(object: object, name: string): unknown {
  try {
    return (object as Record<string, unknown>)[name];
  } catch {
    // As above: a getter may throw.
    return "[unreadable]";
  }
}
