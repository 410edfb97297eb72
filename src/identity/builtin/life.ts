/** A client that was not used for so long has to be connected again. */
export const idleMs = 30 * 24 * 3_600_000;
