// Where the hub listens: read from settings in manifest/, opened in doors/.

export type ListenAddress =
  | {
      readonly t: "tcp";
      /** Undefined: every address of the machine. IPv6 without brackets. */
      readonly host: string | undefined;
      /** 0: any free port. */
      readonly port: number;
      /** Goes with the address before it: left out where the machine has no such host, and on the same picked port. */
      readonly optional: boolean;
    }
  | {
      readonly t: "unix";
      readonly path: string;
      /** Absent: the hub's own user alone. */
      readonly access?: SocketAccess;
    };

/** Who may open a socket, as for a file. */
export interface SocketAccess {
  readonly mode: number;
  /** A number; undefined: the hub's own. */
  readonly group: number | undefined;
}
