// Why a signed token lets nobody in.

export interface Refusal {
  /** One of few: what the log counts by. */
  readonly kind: string;
  /** For people, about `it`: the token. */
  readonly reason: string;
  /** The token is its issuer's, so its bearer may know why; of any other nothing is told. */
  readonly isTheirs: boolean;
}
