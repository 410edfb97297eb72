// The hostile Core of test/fixtures/cores/thief.mjs behind a hub: what it tries, and what comes of it.
import type { WsClient } from "./ws-client.ts";

export interface Self {
  readonly pid: number;
  readonly ppid: number;
  /** How many files it has open. */
  readonly open: number;
  readonly env: Readonly<Record<string, string>>;
}

export interface Thief {
  readonly self: Self;
  /** `got …`, or the name of the error. */
  tries(what: string, args?: Readonly<Record<string, unknown>>): Promise<string>;
}

export async function thief(client: WsClient, namespace: string): Promise<Thief> {
  const tries = async (what: string, args: Readonly<Record<string, unknown>> = {}) => {
    const { result, error } = await client.call(`${namespace}.try`, { what, ...args });
    if (result === undefined) throw new Error(`the thief is not there: ${JSON.stringify(error)}`);
    return String(result.content[0].text);
  };
  const self = JSON.parse((await tries("self")).slice("got ".length)) as Self;
  return { self, tries };
}

/** What of another process is to be out of reach: the call, and the error that is expected. */
export function lootOf(
  pid: number,
): readonly (readonly [what: string, args: Record<string, unknown>, error: string])[] {
  const at = (name: string) => ({ path: `/proc/${pid}/${name}` });
  return [
    ["read", at("environ"), "EACCES"],
    ["child", at("environ"), "EACCES"],
    ["read", at("mem"), "EACCES"],
    ["read", at("maps"), "EACCES"],
    ["read", at("smaps"), "EACCES"],
    ["read", at("auxv"), "EACCES"],
    ["read", at("fd/0"), "EACCES"],
    ["link", at("fd/1"), "EACCES"],
    ["link", at("cwd"), "EACCES"],
    ["list", at("root/"), "EACCES"],
    ["link", at("exe"), "EACCES"],
    ["write", at("mem"), "EACCES"],
    ["write", at("fd/1"), "EACCES"],
    ["attach", { pid }, "errno 1"],
    ["limit", { pid }, "errno 1"],
  ];
}
