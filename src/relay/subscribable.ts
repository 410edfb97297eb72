// What can be subscribed to, and what a change of a resource is news of.
import { HubError } from "../base/errors.ts";

export const maxUriBytes = 8192;
/** What a resource lies in is looked for so far up. */
const maxSteps = 64;

export function offersSubscriptions(capabilities: Readonly<Record<string, unknown>>): boolean {
  const { subscribe } = (capabilities["resources"] ?? {}) as { subscribe?: unknown };
  return subscribe === true;
}

export function refuseTooLong(uri: string): void {
  if (uri.length <= maxUriBytes) return;
  throw new HubError("params_invalid", `params.uri is longer than ${maxUriBytes} characters`);
}

/** The uri itself, then what it lies in, step by step. */
export function* withAncestors(uri: string): Iterable<string> {
  yield uri;
  let steps = 0;
  for (let end = uri.lastIndexOf("/"); end > 0 && steps++ < maxSteps; end = uri.lastIndexOf("/", end - 1)) {
    yield uri.slice(0, end + 1);
    yield uri.slice(0, end);
  }
}
