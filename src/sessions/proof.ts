// What let a caller in, as data: enough to judge it again under other rules, and nothing that lets anybody in.
import type { ShownCertificate } from "../base/shown-certificate.ts";

export type Proof =
  /** The hub's own, or the one client of `thehub stdio`: it came by no door. */
  | { readonly t: "own" }
  /** Nobody was asked for anything. */
  | { readonly t: "none" }
  /** A token that the rules list by its digest (SHA-256). */
  | { readonly t: "token"; readonly digest: Buffer }
  /** A signed token: what its issuer said in it. */
  | {
      readonly t: "claims";
      readonly issuer: string;
      readonly subject: string;
      readonly claims: Readonly<Record<string, unknown>>;
      /** Which of its issuer's keys signed it; undefined where it is known otherwise whether that still counts. */
      readonly key?: string | undefined;
    }
  /** A client certificate, by the names in it that rules may ask for. */
  | { readonly t: "certificate"; readonly certificate: ShownCertificate }
  /** A socket file that only this caller can open. */
  | { readonly t: "socket"; readonly path: string };
