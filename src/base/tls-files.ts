// The files of the hub's own TLS: named by settings in manifest/, read in doors/ and by `thehub health`.

/** Absolute paths of PEM files. */
export interface TlsFiles {
  /** The server's certificate first, then what leads to its root. */
  readonly cert: string;
  readonly key: string;
  /** Who signs client certificates; given, a connection without one is refused. */
  readonly clientCa: string | undefined;
}
