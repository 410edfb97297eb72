// `thehub connect` as a process, and the hub that it connects to.
import assert from "node:assert/strict";
import { fixture, type HubOptions, type HubProcess, type LogLine, startHub } from "./hub-process.ts";
import { NewlineClient } from "./newline-client.ts";
import type { Message } from "./ws-client.ts";

export const token = "a-token-for-the-connect-test-0123";
export const manifest: string = `cores:\n  echo:\n    ${fixture("echo.mjs")}\n  m:\n    ${fixture("mirror.mjs")}\n`;
export const withToken = { HUB_TOKEN: token };

export function hubWithToken(listen = "localhost:0"): Promise<HubProcess> {
  return startHub({ manifest, env: withToken, args: ["serve", "--listen", listen] });
}

interface BridgeOptions extends HubOptions {
  readonly more?: readonly string[];
}

/** What it logs is read like a hub's log. */
export function bridge(url: string, options: BridgeOptions = {}): Promise<HubProcess> {
  return startHub({ env: withToken, ...options, args: ["connect", url, ...(options.more ?? [])] });
}

/** A client of it that has had its handshake. */
export async function connected(bridged: HubProcess): Promise<NewlineClient> {
  const client = new NewlineClient(bridged.child.stdout, bridged.child.stdin);
  await client.hello();
  return client;
}

interface Refusal {
  readonly code: number | null;
  readonly last: LogLine | undefined;
  readonly answer: Promise<Message>;
  /** All that was logged. */
  readonly text: string;
}

/** One that exits by itself: its exit code, its one answer, and what it logged, which holds no token. */
export async function refused(url: string, options: BridgeOptions = {}): Promise<Refusal> {
  await using bridged = await bridge(url, options);
  const client = new NewlineClient(bridged.child.stdout, bridged.child.stdin);
  const answer = client.request("ping");
  const { code } = await bridged.exited;
  const text = JSON.stringify(bridged.logs);
  assert.ok(!text.includes(token) && !text.includes("wrong-token"), text);
  return { code, last: bridged.logs.at(-1), answer, text };
}
