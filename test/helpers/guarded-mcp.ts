// What is behind the guard of the Core that trusts the authorization server of these tests: as much of MCP as lets a hub have it as a Core. Where it is
// personal, everything that it says is of the account whose token came with the request, and sessions are bound to accounts.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

export class GuardedMcp {
  /** Whether what it says depends on whose account it is. */
  isPersonal = false;
  /** Requests that named a session of another account: must stay empty. */
  readonly crossed: string[] = [];
  /** Session id → the account that opened it. */
  readonly sessions = new Map<string, string>();
  #refused = 0;
  #refusal = () => {};

  /** A request was refused for want of a token that counts. */
  refused(): void {
    this.#refused++;
    this.#refusal();
  }

  /** Resolves when so many have been refused from now on. */
  async refuses(count: number): Promise<void> {
    const until = this.#refused + count;
    while (this.#refused < until) await new Promise<void>((resolve) => (this.#refusal = resolve));
  }

  answer(request: IncomingMessage, response: ServerResponse, message: string, account: string): ServerResponse {
    if (request.method === "DELETE" && this.isPersonal) return response.writeHead(204).end();
    if (request.method !== "POST") return response.writeHead(405).end();
    const { id, method, params } = JSON.parse(message) as { id?: number; method: string; params?: { name?: string } };
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (this.isPersonal) {
      const session = String(request.headers["mcp-session-id"] ?? "");
      if (method === "initialize") headers["mcp-session-id"] = this.#open(account);
      else if (this.sessions.get(session) !== account) {
        const other = this.sessions.get(session);
        if (other !== undefined) this.crossed.push(`${method} of ${account} in a session of ${other}`);
        return response.writeHead(404).end();
      }
    }
    if (id === undefined) return response.writeHead(202).end();
    const result = this.#resultOf(method, account, params?.name);
    return response.writeHead(200, headers).end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  }

  #open(account: string): string {
    const session = randomUUID();
    this.sessions.set(session, account);
    return session;
  }

  #resultOf(method: string, account: string, tool: string | undefined): object {
    switch (method) {
      case "initialize": {
        const serverInfo = { name: "guarded", version: "1" };
        return { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo };
      }
      case "tools/list": {
        const names = this.isPersonal ? ["look", `only-${account}`] : ["look"];
        return { tools: names.map((name) => ({ name, inputSchema: { type: "object" } })) };
      }
      case "tools/call":
        return { content: [{ type: "text", text: this.isPersonal ? `${tool} of ${account}` : "seen" }] };
      default:
        return { method };
    }
  }
}
