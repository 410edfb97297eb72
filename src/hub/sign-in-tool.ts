// What a client sees of a Core that it has not signed in to: one tool, which does nothing but ask for the login.
import { type CoreLists, emptyLists } from "../cores/lists.ts";

export const signInName = "sign_in";

const tool = {
  name: signInName,
  title: "Sign in",
  description:
    "Asks the user to sign in to this server, on a page that opens in their browser. The server's own tools are listed once that is done.",
  inputSchema: { type: "object", properties: {}, additionalProperties: false },
  // It hands out a link. For clients that are read_only it is there too: without a login they have no tool of the Core.
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
};

export const signInLists: CoreLists = { ...emptyLists, tools: [{ bytes: Buffer.from(JSON.stringify(tool)) }] };
