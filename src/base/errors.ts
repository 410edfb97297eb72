// The hub's errors: one table from code to what each surface shows. docs/errors.md is checked against it.

interface ErrorFacts {
  /** JSON-RPC error code on the wire. */
  readonly rpc: number;
  /** HTTP status where the refusal happens before a message is read. */
  readonly http: number;
  /** Exit code of the command line: 1 failure, 2 manifest or usage, 3 a Core that was needed failed. */
  readonly exit: 1 | 2 | 3;
  /** Whether the same request may succeed later, unchanged. */
  readonly retry: boolean;
}

export const errorTable = {
  parse_error: { rpc: -32700, http: 400, exit: 1, retry: false },
  request_invalid: { rpc: -32600, http: 400, exit: 1, retry: false },
  too_large: { rpc: -32600, http: 413, exit: 1, retry: false },
  not_initialized: { rpc: -32600, http: 400, exit: 1, retry: false },
  method_unknown: { rpc: -32601, http: 404, exit: 1, retry: false },
  params_invalid: { rpc: -32602, http: 400, exit: 1, retry: false },
  envelope_invalid: { rpc: -32602, http: 400, exit: 1, retry: false },
  header_mismatch: { rpc: -32020, http: 400, exit: 1, retry: false },
  capability_missing: { rpc: -32021, http: 400, exit: 1, retry: false },
  version_unsupported: { rpc: -32022, http: 400, exit: 1, retry: false },
  input_refused: { rpc: -32603, http: 502, exit: 3, retry: false },
  name_unknown: { rpc: -32602, http: 404, exit: 1, retry: false },
  internal: { rpc: -32603, http: 500, exit: 1, retry: false },
  core_starting: { rpc: -32050, http: 503, exit: 3, retry: true },
  core_down: { rpc: -32051, http: 503, exit: 3, retry: true },
  core_timeout: { rpc: -32052, http: 504, exit: 3, retry: false },
  core_garbled: { rpc: -32053, http: 502, exit: 3, retry: false },
  overloaded: { rpc: -32054, http: 503, exit: 1, retry: true },
  draining: { rpc: -32055, http: 503, exit: 1, retry: true },
  unauthenticated: { rpc: -32056, http: 401, exit: 1, retry: false },
  origin_refused: { rpc: -32057, http: 403, exit: 1, retry: false },
  forbidden: { rpc: -32060, http: 403, exit: 1, retry: false },
  denied: { rpc: -32063, http: 403, exit: 1, retry: false },
  decision_failed: { rpc: -32064, http: 503, exit: 1, retry: true },
  hub_unreachable: { rpc: -32059, http: 503, exit: 1, retry: true },
  login_needed: { rpc: -32061, http: 503, exit: 3, retry: false },
  login_at_url: { rpc: -32042, http: 503, exit: 3, retry: false },
  login_failed: { rpc: -32062, http: 502, exit: 3, retry: false },
  slowed: { rpc: -32065, http: 429, exit: 1, retry: true },
  era_unsupported: { rpc: -32058, http: 502, exit: 3, retry: false },
  listen_failed: { rpc: -32603, http: 500, exit: 1, retry: true },
  manifest_invalid: { rpc: -32603, http: 500, exit: 2, retry: false },
  secret_missing: { rpc: -32603, http: 500, exit: 3, retry: false },
  usage: { rpc: -32603, http: 500, exit: 2, retry: false },
} as const satisfies Record<string, ErrorFacts>;

export type ErrorCode = keyof typeof errorTable;

/** What a client finds in `error.data`, and `--json` prints: no secret, no stack. */
export interface ErrorData {
  readonly core?: string;
  readonly state?: string;
  readonly retry_after_ms?: number;
  readonly [key: string]: unknown;
}

/**
 * A refusal or failure that the hub itself names. `message` is for people: lower case, no full stop, names the thing
 * and the fix. `cause` never leaves the process.
 */
export class HubError extends Error {
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, data: ErrorData = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "HubError";
    this.code = code;
    this.data = data;
  }

  get facts(): ErrorFacts {
    return errorTable[this.code];
  }

  /** A HubError as it is; anything else becomes `internal` with the original as `cause` only. */
  static from(unknown: unknown): HubError {
    if (unknown instanceof HubError || isFromAnotherCopy(unknown)) return unknown;
    return new HubError("internal", "internal error", {}, unknown);
  }
}

/** The build has this file in several of its parts: an error may reach one from another. */
function isFromAnotherCopy(unknown: unknown): unknown is HubError {
  return unknown instanceof Error && unknown.name === "HubError" && "code" in unknown && "facts" in unknown;
}
