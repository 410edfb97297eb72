// Why an address cannot be listened on, and what to do about it.
import { HubError } from "../base/errors.ts";

const hints: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use; stop what is listening there or choose another one",
  EADDRNOTAVAIL: "this machine does not have the address",
  EACCES: "no permission; ports below 1024 and other people's folders need more rights",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be looked up now",
};

export function listenFailure(name: string, error: NodeJS.ErrnoException): HubError {
  const hint = hints[error.code ?? ""] ?? error.code ?? "failed";
  return new HubError("listen_failed", `cannot listen on ${name}: ${hint}`, {}, error);
}

/** What the system said, of an error that `listenFailure` made. */
export function codeOf(error: unknown): string | undefined {
  const cause = error instanceof HubError ? error.cause : undefined;
  return cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
}
