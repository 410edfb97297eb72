// Over HTTP a call of the modern era repeats some of its arguments as headers, by which what stands in between may have judged it: the two
// must say the same (docs/http.md).
import { HubError } from "../base/errors.ts";
import type { Ambiguous, ToolEntry } from "../catalog/model.ts";
import { paramHeaderFault } from "../wire/param-headers.ts";
import { paramAt } from "../wire/params.ts";
import type { Request } from "./request.ts";

/** Throws HubError where the headers of a call of this tool do not repeat its arguments. */
export function checkParamHeaders(request: Request, found: ToolEntry | Ambiguous | undefined): void {
  const sent = request.session.paramHeaders;
  if (sent === undefined || found?.t !== "found") return;
  const { paramHeaders } = found.route;
  if (paramHeaders === undefined || paramHeaders === "invalid") return;
  const { bytes, scan } = request;
  const args = paramAt(bytes, scan, "arguments");
  const fault = paramHeaderFault(paramHeaders, sent, bytes, args?.start ?? -1, args?.end ?? -1);
  if (fault !== undefined) throw new HubError("header_mismatch", fault);
}
