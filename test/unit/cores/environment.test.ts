import assert from "node:assert/strict";
import { delimiter } from "node:path";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { childEnvironment, instanceMarker } from "../../../src/cores/environment.ts";

const hub: Record<string, string> = {
  PATH: ["/usr/bin", "/bin"].join(delimiter),
  HOME: "/home/me",
  HUB_TOKEN: "hub",
  SHELL: "/bin/zsh",
  https_proxy: "http://proxy",
  SSH_AUTH_SOCK: "/tmp/sock",
  SystemRoot: "C:\\Windows",
};
const none = { inheritEnv: [], env: {}, secrets: new Map(), marker: "id.ns.1" };

function hostOn(platform: NodeJS.Platform, extraPath: readonly string[] = []) {
  return { platform, env: (name: string) => hub[name], extraPath };
}

test("environment: a child gets the safe set and the mark, nothing else", () => {
  assert.deepEqual(childEnvironment(hostOn("linux"), none), {
    PATH: hub["PATH"],
    HOME: "/home/me",
    https_proxy: "http://proxy",
    THEHUB_INSTANCE: "id.ns.1",
  });
});

test("environment: extra folders follow PATH, each once", () => {
  const { PATH } = childEnvironment(hostOn("linux", ["/bin", "/hub/examples"]), none);
  assert.equal(PATH, ["/usr/bin", "/bin", "/hub/examples"].join(delimiter));
});

test("environment: inherited, then env, then secrets; the mark cannot be replaced", () => {
  const child = childEnvironment(hostOn("linux"), {
    inheritEnv: ["SSH_AUTH_SOCK", "NOT_SET"],
    env: { HOME: "/else", TOKEN: "from env", THEHUB_INSTANCE: "mine" },
    secrets: new Map([["TOKEN", new Secret("from secrets")]]),
    marker: instanceMarker("id", "files", 12),
  });
  assert.equal(child["SSH_AUTH_SOCK"], "/tmp/sock");
  assert.ok(!("NOT_SET" in child));
  assert.equal(child["HOME"], "/else");
  assert.equal(child["TOKEN"], "from secrets");
  assert.equal(child["THEHUB_INSTANCE"], "id.files.12");
});

test("environment: Windows programs get what they cannot start without", () => {
  assert.equal(childEnvironment(hostOn("win32"), none)["SystemRoot"], "C:\\Windows");
  assert.ok(!("SystemRoot" in childEnvironment(hostOn("linux"), none)));
});
