// Where logins are kept, also by several processes at once and with files that were tampered with.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../../src/base/clock.ts";
import { thisRun } from "../../../src/base/run-files.ts";
import { Secret } from "../../../src/base/secret.ts";
import { takeFileLock } from "../../../src/logins/file-lock.ts";
import { type LoginOwner, operator } from "../../../src/logins/owner.ts";
import { type LoginRecord, loginFile, Vault } from "../../../src/logins/vault.ts";

async function inFolder(work: (stateDir: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "thehub-vault-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function vaultIn(stateDir: string, key?: string): Vault {
  return new Vault({ clock: systemClock, stateDir, key: key === undefined ? undefined : new Secret(key) });
}

function login(core: string, owner: LoginOwner, access = "token-of-the-test"): LoginRecord {
  const issuer = "https://login.example";
  const client = { id: "client", isRegistered: true };
  return { core, owner, url: "https://wiki.example/mcp", issuer, server: issuer, client, tokens: { access, at: 1 } };
}

test("vault: what was written is read, by whoever has the key, and by nobody else", async () => {
  await inFolder(async (stateDir) => {
    const record = login("wiki", operator);
    await vaultIn(stateDir).write(record);
    assert.deepEqual(await vaultIn(stateDir).read("wiki", operator), { t: "login", record });
    assert.equal((await vaultIn(stateDir, "k".repeat(32)).read("wiki", operator)).t, "unreadable");
    await rm(join(stateDir, "key"));
    assert.deepEqual(await vaultIn(stateDir).read("wiki", operator), {
      t: "unreadable",
      why: "it was made with another key",
    });
  });
});

test("vault: a folder that cannot be read is not taken for an empty one", async () => {
  await inFolder(async (stateDir) => {
    assert.deepEqual(await vaultIn(stateDir).list(), []);
    await writeFile(join(stateDir, "logins"), "");
    await assert.rejects(vaultIn(stateDir).list(), { code: "ENOTDIR" });
  });
});

test("vault: of many that make the key at once all have the same", async () => {
  await inFolder(async (stateDir) => {
    const owners = Array.from({ length: 8 }, (_, at): LoginOwner => ({ t: "client", id: `c${at}` }));
    await Promise.all(owners.map((owner) => vaultIn(stateDir).write(login("wiki", owner))));
    const listed = await vaultIn(stateDir).list();
    assert.deepEqual(new Set(listed.map(({ found }) => found.t)), new Set(["login"]));
    assert.equal(listed.length, 8);
    assert.deepEqual((await readdir(stateDir)).sort(), ["key", "logins"]);
  });
});

test("vault: a file in another's place, or changed by a bit, is not read", async () => {
  await inFolder(async (stateDir) => {
    const vault = vaultIn(stateDir);
    const other: LoginOwner = { t: "client", id: "other" };
    await vault.write(login("wiki", operator));
    const [mine = ""] = await readdir(vault.folder);
    await vault.write(login("wiki", other));
    const theirs = (await readdir(vault.folder)).find((name) => name !== mine) ?? "";
    const text = await readFile(join(vault.folder, mine), "utf8");
    await rename(join(vault.folder, theirs), join(vault.folder, mine));
    assert.equal((await vault.read("wiki", operator)).t, "unreadable");
    const sealed = JSON.parse(text);
    const data = Buffer.from(sealed.data, "base64");
    data[0] = (data[0] ?? 0) ^ 1;
    for (const changed of [
      { ...sealed, data: data.toString("base64") },
      { ...sealed, tag: sealed.tag.slice(0, 4) },
      {},
    ]) {
      await writeFile(join(vault.folder, mine), JSON.stringify(changed));
      assert.equal((await vault.read("wiki", operator)).t, "unreadable");
    }
    await writeFile(join(vault.folder, mine), "{");
    assert.equal((await vault.read("wiki", operator)).t, "unreadable");
  });
});

test("vault: Cores and owners with names that look alike are kept apart", async () => {
  await inFolder(async (stateDir) => {
    const vault = vaultIn(stateDir);
    const all: [string, LoginOwner][] = [
      ["a b", operator],
      ["a-b", operator],
      ["a", { t: "client", id: "b" }],
      ["a", { t: "client", id: "operator" }],
      ["../a", operator],
    ];
    for (const [core, owner] of all) await vault.write(login(core, owner, JSON.stringify([core, owner])));
    for (const [core, owner] of all) {
      const found = await vault.read(core, owner);
      assert.equal(found.t === "login" && found.record.tokens?.access, JSON.stringify([core, owner]));
    }
    assert.equal((await readdir(vault.folder)).length, all.length);
  });
});

test("lock: one at a time, and one that nobody holds any more is dropped", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "a.lock");
    let inside = 0;
    let most = 0;
    const work = async () => {
      const letGo = await takeFileLock(file, systemClock);
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      await letGo();
    };
    const awake = setInterval(() => {}, 1000);
    await Promise.all(Array.from({ length: 6 }, work));
    assert.equal(most, 1);
    // Of a process that nobody here can look for, and has been gone for long.
    await writeFile(file, "of another machine");
    const old = new Date(Date.now() - 100_000);
    await utimes(file, old, old);
    await Promise.all(Array.from({ length: 4 }, work));
    assert.equal(most, 1);
    // Of one that was killed a moment ago.
    const killed = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const run = { ...(await thisRun(process.platform)), pid: killed.pid, started: "then" };
    killed.kill("SIGKILL");
    await once(killed, "exit");
    await writeFile(file, JSON.stringify(run));
    await Promise.all(Array.from({ length: 4 }, work));
    assert.equal(most, 1);
    clearInterval(awake);
    assert.deepEqual(await readdir(folder), []);
  });
});

test("vault: where no lock can be made the work is done all the same", async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, "state"), "");
    await mkdir(join(folder, "other"));
    await assert.rejects(
      vaultIn(join(folder, "state")).alone("wiki", operator, async () => 1),
      { code: "ENOTDIR" },
    );
    assert.equal(await vaultIn(join(folder, "other")).alone("wiki", operator, async () => 1), 1);
  });
});

test("vault: whoever watches is told which login has changed", async () => {
  await inFolder(async (stateDir) => {
    const vault = vaultIn(stateDir);
    await vault.write(login("crm", operator));
    const heard = new Set<string | undefined>();
    let hear = () => {};
    const changed = new Promise<void>((resolve) => {
      hear = resolve;
    });
    const watcher = await vault.watch((file) => {
      heard.add(file);
      hear();
    });
    const ann: LoginOwner = { t: "client", id: "ann" };
    await vault.alone("wiki", ann, () => vault.write(login("wiki", ann)));
    await changed;
    watcher?.close();
    assert.deepEqual([...heard], [loginFile("wiki", ann)]);
  });
});

const noMounts = spawnSync("unshare", ["-Urm", "true"]).status === 0 ? false : "unshare makes no mounts here";

test("vault: on a full disk the work is done all the same, and no lock is left behind", {
  skip: noMounts,
}, async () => {
  await inFolder(async (folder) => {
    const source = (path: string) => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);
    const script = `
      import { readdirSync, writeFileSync } from "node:fs";
      import { systemClock } from ${source("base/clock.ts")};
      import { Vault } from ${source("logins/vault.ts")};
      const stateDir = ${JSON.stringify(folder)};
      const vault = new Vault({ clock: systemClock, stateDir, key: undefined });
      const alone = (work) => vault.alone("wiki", { t: "operator" }, async () => console.log(work));
      await alone("with room");
      try {
        for (let file = 0; ; file++) writeFileSync(\`\${stateDir}/\${file}\`, Buffer.alloc(4096));
      } catch ({ code }) {
        console.log(code);
      }
      for (const work of ["without", "again"]) await alone(work);
      console.log(readdirSync(vault.folder).length);
    `;
    const [node, ...args] = [process.execPath, "--import", import.meta.resolve("tsx"), "--input-type=module", "-e"];
    const inMount = 'mount -t tmpfs -o size=32k none "$0" && exec "$@"';
    const { stdout, stderr } = spawnSync("unshare", ["-Urm", "sh", "-c", inMount, folder, node, ...args, script], {
      encoding: "utf8",
      timeout: 20_000,
    });
    assert.equal(stdout, "with room\nENOSPC\nwithout\nagain\n0\n", stderr);
  });
});

test("vault: of two keys the first one seals and both open", async () => {
  await inFolder(async (stateDir) => {
    const [old, fresh] = ["o".repeat(32), "f".repeat(32)];
    const record = login("wiki", operator);
    await vaultIn(stateDir, old).write(record);
    const both = vaultIn(stateDir, `${fresh}\n${old}`);
    assert.deepEqual(await both.read("wiki", operator), { t: "login", record });
    await both.write(record);
    assert.deepEqual(await vaultIn(stateDir, fresh).read("wiki", operator), { t: "login", record });
  });
});
