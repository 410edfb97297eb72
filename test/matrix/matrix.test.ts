// The matrix with Cores that are processes, in both framings. The product is whole: every operation × door × SDK of the client × SDK, framing and
// isolation of the Core, but for what cannot be had (each such cell is skipped with its reason).
import { runMatrix } from "./run-matrix.ts";
import { processes } from "./two-way-cores.ts";

runMatrix(processes, {});
