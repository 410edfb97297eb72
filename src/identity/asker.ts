// Somebody who has shown nothing yet, and asks how to be let in.

export interface Asker {
  /** Without query, base path and trailing slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The address, as far as trusted proxies tell it. */
  readonly peer: string | undefined;
  /** Of a POST, else nothing; undefined: there was more than is taken. */
  readonly body: Buffer | undefined;
}
