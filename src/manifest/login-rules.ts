// Rules for how the hub signs in at remote Cores, and a word about whose login is whose.
import type { Entry, Parts, Report } from "./parts.ts";
import { record, text } from "./values.ts";

type Values = Readonly<Record<string, unknown>>;

export function checkLogin(core: Entry, values: Values, report: Report): void {
  const auth = record(values["auth"]);
  const oauth = record(auth?.["oauth"]);
  const at = (...steps: string[]) => ({ source: core.source, path: [...core.path, "auth", ...steps] });
  if (auth?.["bearer"] !== undefined && auth["oauth"] !== undefined) {
    report(at("oauth"), "error", "there is a bearer as well", "keep one of them");
  }
  if (oauth === undefined) return;
  const has = (key: string) => oauth[key] !== undefined;
  if (has("client_secret") && has("private_key")) {
    report(at("oauth", "private_key"), "error", "there is a client_secret as well", "keep one of them");
  }
  const [proof] = ["client_secret", "private_key"].filter(has);
  if (proof !== undefined && !has("client_id")) {
    report(at("oauth", proof), "error", "it is the proof of a client, and client_id is missing", "write client_id");
  }
  if (oauth["grant"] === "client_credentials") {
    if (proof === undefined || !has("client_id")) {
      const hint = "write client_id, and client_secret or private_key";
      report(at("oauth", "grant"), "error", "the hub has nothing to sign in as itself with", hint);
    }
    if (values["credentials"] === "per-user") {
      const place = { source: core.source, path: [...core.path, "credentials"] };
      report(place, "error", "the hub signs in as itself: there is one login", "write credentials: shared");
    }
  }
  if (oauth["grant"] === "token-exchange") {
    if (proof === undefined || !has("issuer")) {
      const hint = "write issuer, client_id, and client_secret or private_key";
      report(
        at("oauth", "grant"),
        "error",
        "the hub's client at the one server that may see tokens of clients is missing",
        hint,
      );
    }
    if (values["credentials"] !== "per-user") {
      const hint = "write credentials: per-user and isolation: session";
      report(at("oauth", "grant"), "error", "what comes of it is each person's own", hint);
    }
  } else if (proof !== undefined && !has("issuer")) {
    const message = `whichever authorization server the Core names is shown this client's ${proof}`;
    report(at("oauth", proof), "warning", message, "write issuer: the URL of the one that the client is registered at");
  }
  const issuer = text(oauth["issuer"]);
  if (
    issuer?.startsWith("http:") === true &&
    !/^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])([:/]|$)/.test(issuer)
  ) {
    report({ ...at("oauth", "issuer"), on: "value" }, "error", "tokens go over https only", "write its https URL");
  }
}

/** One person's login that others use, or that others do not get: either may be meant, and neither goes without saying. */
export function checkWhose({ cores, clients }: Parts, report: Report): void {
  const [client] = clients;
  for (const core of cores) {
    const values = record(core.value);
    const auth = record(values?.["auth"]);
    if (values?.["url"] === undefined || auth?.["bearer"] !== undefined) continue;
    if (record(auth?.["oauth"])?.["grant"] === "client_credentials") continue;
    const { credentials, isolation } = values;
    if (credentials === "per-user" && isolation !== "session") {
      const hint = "write isolation: session: each client has an instance with its own login";
      report(
        { source: core.source, path: [...core.path, "credentials"] },
        "error",
        "is for instances of one client",
        hint,
      );
    } else if (credentials === "shared") {
      const message = "everyone who may call this Core acts as the person who signed in";
      const hint = "sign in with an account that all may use, or write credentials: per-user";
      report({ source: core.source, path: [...core.path, "credentials"], on: "value" }, "warning", message, hint);
    } else if (credentials === undefined && client !== undefined && auth?.["oauth"] !== undefined) {
      const message = `its login serves the operator alone: clients such as ${JSON.stringify(client.key)} are refused`;
      const hint = "write credentials: per-user (each signs in), or credentials: shared (all act as the operator)";
      report({ source: core.source, path: core.path }, "warning", message, hint);
    }
  }
}
