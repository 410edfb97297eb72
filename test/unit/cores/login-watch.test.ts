// For how long a Core looks at its login, which lives as long as the hub.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Credential, CredentialState } from "../../../src/base/credential.ts";
import { CoreRun } from "../../helpers/core-run.ts";
import { Inbox } from "../../helpers/scripted-hub.ts";

class Login implements Credential {
  readonly state: CredentialState = { t: "ok" };
  readonly watchers = new Set<unknown>();

  authorization(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  refused(): Promise<boolean> {
    return Promise.resolve(false);
  }

  watch(changed: unknown): () => void {
    this.watchers.add(changed);
    return () => void this.watchers.delete(changed);
  }
}

/** It is not there, so each start ends. */
const definition = { command: "/nonexistent/core" };

test("core: its login is watched until it is stopped, and from the next start on again", async () => {
  const login = new Login();
  await using run = new CoreRun({ definition, credential: async () => login });
  for (const _ of ["first", "second"]) {
    run.core.start();
    await run.reach("failed");
    assert.equal(login.watchers.size, 1);
    await run.core.stop();
    await run.reach("stopped");
    assert.equal(login.watchers.size, 0);
    assert.equal(run.core.credential, login, "whose it was is known still: calls are judged by it");
  }
});

test("core: a login that is found when the Core was stopped is not watched", async () => {
  const login = new Login();
  const [asked, found] = [new Inbox<true>(), new Inbox<Credential>()];
  const credential = () => {
    asked.put(true);
    return found.next();
  };
  await using run = new CoreRun({ definition, credential });
  run.core.start();
  await asked.next();
  await run.core.stop();
  found.put(login);
  await new Promise(setImmediate);
  assert.equal(login.watchers.size, 0);
});
