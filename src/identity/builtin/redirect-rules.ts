// Where a client may have people sent back to. What is registered is compared letter by letter, but for the port on a client's own machine
// (RFC 8252); here is what may be registered at all.

/** Of programs that are known, and whose scheme has no dot: RFC 8252 wants names turned round, `com.example.app`. */
const knownSchemes: ReadonlySet<string> = new Set(["cursor:", "vscode:", "vscode-insiders:", "windsurf:", "zed:"]);
const loopbackHosts: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
const maxLength = 512;

/** `native`: a program on the person's own machine takes the answer. */
export type RedirectKind = "web" | "native";

export type JudgedRedirect =
  | { readonly t: "ok"; readonly kind: RedirectKind }
  | { readonly t: "refused"; readonly why: string };

export function judgeRedirect(uri: string): JudgedRedirect {
  if (uri.length > maxLength) return refused(`is longer than ${maxLength} characters`);
  // What a browser and this hub could read differently.
  if (!/^[\x21-\x7e]+$/.test(uri) || uri.includes("\\")) return refused("has characters that no URI has");
  if (!URL.canParse(uri)) return refused("is no URI");
  const { protocol, hostname, username, password } = new URL(uri);
  if (uri.includes("#")) return refused("has a fragment");
  if (username !== "" || password !== "") return refused("has a user name in it");
  if (protocol === "https:") return { t: "ok", kind: loopbackHosts.has(hostname) ? "native" : "web" };
  if (protocol === "http:") {
    return loopbackHosts.has(hostname)
      ? { t: "ok", kind: "native" }
      : refused("is http, which is for the client's own machine alone");
  }
  if (protocol.includes(".") || knownSchemes.has(protocol)) return { t: "ok", kind: "native" };
  return refused("has a scheme that is neither https nor a program's own, such as com.example.app:");
}

/** Where it leads, for people: the host, or the program. */
export function hostOfRedirect(uri: string): string {
  const { protocol, host } = new URL(uri);
  return protocol === "https:" || protocol === "http:" ? host : `the program of ${protocol.slice(0, -1)}: links`;
}

function refused(why: string): JudgedRedirect {
  return { t: "refused", why };
}
