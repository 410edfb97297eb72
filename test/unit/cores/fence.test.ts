import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Fence, type FenceDeps } from "../../../src/cores/fence.ts";
import { fileTree } from "../../../src/cores/fence-paths.ts";
import { LogRecord } from "../../helpers/core-run.ts";

const here =
  process.platform === "linux" && Number(spawnSync("perl", ["-e", "print syscall 444, 0, 0, 1"]).stdout) >= 6;
const skip = here ? false : "needs Linux with Landlock as of 6.12, and perl";
const path = process.env["PATH"] ?? "";

function fenceOf(deps: Partial<FenceDeps>, closed: readonly string[] = []) {
  const record = new LogRecord();
  const rules = () => ({ mode: "auto", closed, closedIfThere: [], homes: undefined }) as const;
  return { fence: new Fence({ log: record.log, platform: "linux", path, rules, ...deps }), record };
}

/** Runs a shell's words in the fence, as a user who is not root; its output, and what the launcher said. */
async function run(fence: Fence, script: string, env: Record<string, string> = {}) {
  const fenced = fence.around({ file: "/bin/sh", args: ["-c", script, "name"], env: { PATH: path, ...env } });
  assert.ok(fenced.t === "fenced");
  const { file, args, env: given } = fenced.program;
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const child = spawn(file, args, { env: given, stdio: ["ignore", "pipe", "pipe", "pipe"], ...user });
  const texts = ["", "", "", ""];
  for (const fd of [1, 2, 3]) {
    child.stdio[fd]?.on("data", (chunk: Buffer) => {
      texts[fd] += chunk.toString();
    });
  }
  await new Promise((resolve) => child.once("close", resolve));
  return { out: texts[1], err: texts[2], failure: fenced.outcome(texts[3] ?? "") };
}

for (const abi of [2, 3, 4, 5, 6, 7]) {
  test(`fence: with Landlock's interface ${abi} closed files and other processes are out of reach, and the rest is as it was`, {
    skip,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "thehub-fence-"));
    const other = spawn("sleep", ["60"], { ...(process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}) });
    try {
      await mkdir(join(folder, "closed"));
      await mkdir(join(folder, "open"));
      await writeFile(join(folder, "closed", "token"), "t");
      await writeFile(join(folder, "open", "data"), "d");
      for (const name of ["", "closed", "open"]) await chmod(join(folder, name), 0o777);
      const words = `cd ${folder}
        cat closed/token; echo x > closed/token; rm closed/token; mv closed/token open/; ln closed/token open/link; true > closed/new
        cat /proc/${other.pid}/environ; kill -0 ${other.pid} && echo signalled
        cat open/data; mkdir open/sub; mv open/data open/sub/; cat open/sub/data; ls closed`;
      for (const closed of [[join(folder, "closed")], []]) {
        await writeFile(join(folder, "open", "data"), "d");
        await rm(join(folder, "open", "sub"), { recursive: true, force: true });
        const tree = { ...fileTree, isFixed: () => true };
        const { fence, record } = fenceOf({ abi, tree }, closed);
        const { out, err, failure } = await run(
          fence,
          closed.length > 0 ? words : words.replace(/^.*closed\/token.*$/m, ""),
        );
        assert.equal(failure, undefined);
        assert.equal(out, `${abi < 6 ? "signalled\n" : ""}ddtoken\n`, err);
        const denied = err?.split("\n").filter((line) => /denied|not permitted/i.test(line)).length;
        assert.equal(denied, (closed.length > 0 ? 6 : 0) + (abi < 6 ? 1 : 2), err);
        assert.deepEqual(
          record.lines.map(({ msg }) => msg),
          ["cores_fenced"],
        );
      }
    } finally {
      other.kill("SIGKILL");
      await rm(folder, { recursive: true });
    }
  });
}

test("fence: the program gets its arguments, its environment and its signals as they are, Perl's variables too", {
  skip,
}, async () => {
  const env = { PERL5OPT: "-Mno_such_module", PERL5LIB: "/a:/b", LC_ALL: "no_SUCH.locale", TWO: "a\nb=c", EMPTY: "" };
  const { out, err } = await run(
    fenceOf({}).fence,
    `printf '%s|' "$0" "$PERL5OPT" "$PERL5LIB" "$PERL_BADLANG" "$LC_ALL" "$TWO" "\${EMPTY-none}"; grep Sig[BI] /proc/self/status; ls /proc/self/fd | wc -l`,
    env,
  );
  const [values, rest = ""] = [out?.slice(0, out.lastIndexOf("|")), out?.slice(out.lastIndexOf("|") + 1)];
  assert.equal(values, "name|-Mno_such_module|/a:/b||no_SUCH.locale|a\nb=c|");
  const bare = spawnSync("/bin/sh", ["-c", "grep Sig[BI] /proc/self/status; ls /proc/self/fd | wc -l"], {
    encoding: "utf8",
  });
  assert.equal(rest, bare.stdout);
  assert.doesNotMatch(err ?? "", /perl/i);
});

test("fence: where there can be none, that is logged once, with the reason; off is off", () => {
  const program = { file: "/bin/true", args: [], env: {} };
  for (const [deps, reason] of [
    [{ path: "/nowhere" }, /^it is put up by perl, which is not on the PATH/],
    [{ arch: "mips" }, /^nobody has tried it on mips$/],
  ] as const) {
    const { fence, record } = fenceOf(deps);
    assert.equal(fence.around(program).t, "plain");
    assert.equal(fence.around(program).t, "plain");
    assert.equal(record.lines.length, 1);
    assert.match(String(record.lines[0]?.["reason"]), reason);
  }
  const elsewhere = fenceOf({ platform: "darwin" });
  assert.equal(elsewhere.fence.around(program).t, "plain");
  assert.equal(elsewhere.record.lines[0]?.level, "debug");
  const off = fenceOf({ rules: () => ({ mode: "off", closed: [], closedIfThere: [], homes: undefined }) });
  assert.equal(off.fence.around(program).t, "plain");
  assert.deepEqual(off.record.lines, []);
});

test("fence: what a kernel or a container's profile answers becomes a reason, and a refusal where a fence is required", () => {
  const outcomes = [
    ["bare version 38 -1", /kernel has no Landlock/],
    ["bare version 95 -1", /started without Landlock/],
    ["bare version 1 -1", /seccomp profile/],
    ["bare version 0 1", /too old/],
    ["bare capabilities 0 7", /root's capabilities/],
    ["bare restrict 7 6", /Landlock refused \(restrict: E2BIG\)/],
    ["bare filter 22 7", /seccomp refused \(filter: EINVAL\)/],
  ] as const;
  for (const mode of ["auto", "required"] as const) {
    for (const [report, reason] of outcomes) {
      const { fence, record } = fenceOf({
        rules: () => ({ mode, closed: [], closedIfThere: [], homes: undefined }),
        path,
      });
      const fenced = fence.around({ file: "/bin/true", args: [], env: {} });
      if (fenced.t !== "fenced") return;
      const failure = fenced.outcome(`${report}\n`);
      if (mode === "auto") {
        assert.equal(failure, undefined);
        assert.match(String(record.lines[0]?.["reason"]), reason);
      } else assert.match(JSON.stringify(failure), reason);
    }
  }
});
