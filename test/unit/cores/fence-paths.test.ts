import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { type FileTree, fencedFiles } from "../../../src/cores/fence-paths.ts";

/** A tree of these paths; `own` are folders in which entries can be made; `links` lead elsewhere. */
function treeOf(
  paths: readonly string[],
  { own = [], links = {} }: { own?: readonly string[]; links?: Record<string, string> } = {},
): FileTree {
  const all = new Set<string>(["/"]);
  for (const path of paths) for (let at = path; at !== "/"; at = dirname(at)) all.add(at);
  return {
    real: (path) => links[path] ?? (all.has(path) ? path : undefined),
    isFixed: (folder) => !own.includes(folder),
    entries: (folder) =>
      [...all]
        .filter((path) => path !== "/" && dirname(path) === folder && !(path in links))
        .map((path) => path.slice(join(folder, "/").length)),
  };
}

const image = [
  "/etc/hub/hub.yaml",
  "/proc",
  "/usr/bin/node",
  "/run/secrets/a",
  "/run/lock",
  "/var/log",
  "/var/lib/dpkg",
];
const state = ["/var/lib/thehub/token", "/var/lib/thehub/run/1.sock", "/var/lib/thehub/home/.npm"];

test("fence paths: everything beside what is closed is open, and nothing above it", () => {
  const files = fencedFiles(["/var/lib/thehub", "/run/secrets"], [], treeOf([...image, ...state]));
  assert.deepEqual([...files.open].sort(), ["/etc", "/proc", "/run/lock", "/usr", "/var/lib/dpkg", "/var/log"]);
  assert.deepEqual(files.closed, ["/var/lib/thehub", "/run/secrets"]);
  assert.deepEqual(files.inReach, []);
});

test("fence paths: a folder within a closed one can stay open, the closed one itself cannot", () => {
  const tree = treeOf([...image, ...state]);
  assert.ok(fencedFiles(["/var/lib/thehub"], ["/var/lib/thehub/home"], tree).open.includes("/var/lib/thehub/home"));
  for (const within of ["/var/lib/thehub", "/var/lib", "/"]) {
    const { open } = fencedFiles(["/var/lib/thehub"], [within], tree);
    assert.ok(!open.includes(within), within);
  }
});

test("fence paths: what lies in a folder that its Cores may write to cannot be closed, and is named", () => {
  const laptop = treeOf(["/home/me/.local/state/thehub/token", "/run/secrets/a"], {
    own: ["/home/me", "/home/me/.local"],
  });
  const files = fencedFiles(["/home/me/.local/state/thehub", "/run/secrets"], [], laptop);
  assert.deepEqual(files.inReach, ["/home/me/.local/state/thehub"]);
  assert.deepEqual(files.closed, ["/run/secrets"]);
  assert.deepEqual(fencedFiles(["/home/me/.local/state/thehub"], [], laptop).open, []);
});

test("fence paths: links are followed to what is closed, and open nothing by themselves", () => {
  const links = { "/var/run": "/run", "/srv/back": "/var/lib/thehub", "/var/run/secrets": "/run/secrets" };
  const tree = treeOf([...image, ...state, "/srv/back", "/srv/data"], { links });
  const { open, closed } = fencedFiles(["/var/run/secrets", "/var/lib/thehub", "/srv/data"], [], tree);
  assert.deepEqual(closed, ["/run/secrets", "/var/lib/thehub", "/srv/data"]);
  assert.ok(!open.some((path) => path.startsWith("/srv")), open.join(" "));
});

test("fence paths: one file can be closed, and one closed path may lie in another", () => {
  const tree = treeOf(["/etc/hub/hub.yaml", "/etc/hub/tls/tls.key", "/etc/hub/tls/tls.crt"]);
  assert.deepEqual(fencedFiles(["/etc/hub/tls/tls.key"], [], tree).open, ["/etc/hub/hub.yaml", "/etc/hub/tls/tls.crt"]);
  assert.deepEqual(fencedFiles(["/etc/hub/tls/tls.key", "/etc/hub/tls"], [], tree).open, ["/etc/hub/hub.yaml"]);
});

test("fence paths: what is not there yet is closed where it will be, with nothing beside it open that is made later", () => {
  const tree = treeOf([...image, ...state]);
  const wanted = ["/run/late", "/var/lib/thehub/later/file", "/srv/none/yet"];
  const { open, closed, inReach } = fencedFiles(wanted, [], tree);
  assert.deepEqual(closed, wanted);
  assert.deepEqual(inReach, []);
  assert.deepEqual([...open].sort(), [
    ...["/etc", "/proc", "/run/lock", "/run/secrets", "/usr", "/var/lib/dpkg"],
    ...["/var/lib/thehub/home", "/var/lib/thehub/run", "/var/lib/thehub/token", "/var/log"],
  ]);
});

test("fence paths: what is not there yet, and a Core's user may make, cannot be closed", () => {
  const tree = treeOf(["/home/me/hub.yaml"], { own: ["/home/me"] });
  assert.deepEqual(fencedFiles(["/home/me/secrets/a"], [], tree), {
    ...{ open: [], closed: [] },
    inReach: ["/home/me/secrets/a"],
  });
});

test("fence paths: the folder above what is not there yet may be a link", () => {
  const tree = treeOf([...image, "/var/run"], { links: { "/var/run": "/run" } });
  assert.deepEqual(fencedFiles(["/var/run/late/file"], [], tree).closed, ["/run/late/file"]);
});
