// For questions of clients that are all of the legacy era: nothing is ever parked.
import type { AsksDeps } from "../../src/relay/asks.ts";

export const noParks: AsksDeps["parks"] = { sessionOf: () => undefined, asked: () => false, withdrawn: () => {} };
