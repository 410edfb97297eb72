// What other programs call what a manifest has another word or place for: for people who bring their servers over from the
// configuration of a client.
import type { Path } from "./problems.ts";

const synonyms: Readonly<Record<string, string>> = {
  servers: "cores",
  mcpservers: "cores",
  backends: "cores",
  environment: "env",
  arguments: "args",
  workdir: "cwd",
  workingdirectory: "cwd",
  serverurl: "url",
  httpurl: "url",
  rename: "name",
  token: "token_sha256",
};

/** Of a Core's entry. */
const ofCores: Readonly<Record<string, string>> = {
  type: "remove it: command or url says it; a url of HTTP+SSE alone has transport: sse",
  enabled: "remove it, or write disabled: true where it is false",
  timeout: "write policy: { timeout_ms: … }",
  envfile: "write secrets: [NAME] for each of its variables, and set HUB_SECRET_NAME or HUB_SECRETS_DIR",
  includetools: "write policy: { allow_tools: […] }",
  enabledtools: "write policy: { allow_tools: […] }",
  excludetools: "write policy: { deny_tools: […] }",
  disabledtools: "write policy: { deny_tools: […] }",
  alwaysallow: "remove it: whether a call may be made without asking is for the client to say",
  autoapprove: "remove it: whether a call may be made without asking is for the client to say",
  trust: "remove it: whether a call may be made without asking is for the client to say",
};

/** The key that is meant, if it is one of those that are known here. */
export function synonym(key: string, known: readonly string[]): string | undefined {
  const other = synonyms[plain(key)];
  return other !== undefined && known.includes(other) ? other : undefined;
}

/** What to do with a key of the map at `path`, where none of ours stands for it. */
export function otherPlace(path: Path, key: string): string | undefined {
  if (path.length === 0 && plain(key) === "inputs")
    return "remove it: what a Core is not to have in the clear is under its secrets";
  const word = plain(key);
  return path.length === 2 && path[0] === "cores" && Object.hasOwn(ofCores, word) ? ofCores[word] : undefined;
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[_-]/g, "");
}
