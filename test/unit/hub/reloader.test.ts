import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reloaded } from "../../../src/hub/exchange.ts";
import { createReloader, type Reread } from "../../../src/hub/reloader.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";
import { LogRecord } from "../../helpers/core-run.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

/** A hub whose reloads end when the test says so. */
function scene(reread: Reread | Error = { t: "ok", setup: {} as never, warnings: [] }) {
  const record = new LogRecord();
  const running: ((outcome: Reloaded) => void)[] = [];
  const waiters: (() => void)[] = [];
  const metrics = createMetrics({ version: "1", node: "2" });
  const reloader = createReloader({
    clock: new FakeClock(),
    log: record.log,
    hub: {
      metrics,
      summaries: () => [],
      reload: () =>
        new Promise((resolve) => {
          running.push(resolve);
          for (const wake of waiters.splice(0)) wake();
        }),
    },
    read: async () => {
      if (reread instanceof Error) throw reread;
      return reread;
    },
  });
  const begun = (count: number): Promise<void> =>
    running.length >= count
      ? Promise.resolve()
      : new Promise<void>((wake) => waiters.push(wake)).then(() => begun(count));
  return { record, running, metrics, reloader, begun };
}

test("reloader: a reload that is asked for while one runs comes after it, once for all who asked", async () => {
  const { reloader, running, record, begun } = scene();
  const first = reloader.reload("one");
  await begun(1);
  const second = reloader.reload("two");
  const third = reloader.reload("three");
  assert.equal(second, third);
  assert.equal(running.length, 1);
  running[0]?.({ t: "unchanged" });
  assert.deepEqual(await first, { t: "unchanged" });
  await begun(2);
  running[1]?.({ t: "failed", falls: [{ core: "a", reason: "exited with code 1", stderr: [] }] });
  assert.deepEqual(await third, { t: "failed", reason: 'core "a" did not come up: exited with code 1' });
  const started = record.lines.filter(({ msg }) => msg === "reload_started");
  assert.deepEqual(
    started.map(({ cause }) => cause),
    ["one", "two"],
  );
});

test("reloader: what is wrong with the manifest is an outcome, and so is a bug", async () => {
  const problem = {
    severity: "error",
    file: "hub.yaml",
    line: 1,
    column: 1,
    path: "",
    message: "m",
    hint: "h",
  } as const;
  const wrong = scene({ t: "invalid", problems: [problem] });
  assert.deepEqual(await wrong.reloader.reload("file"), { t: "invalid", problems: [problem] });
  assert.ok(wrong.record.lines.some(({ msg, problem: said }) => msg === "manifest_problem" && said === "m"));
  assert.match(await wrong.metrics.text(), /^thehub_reloads_total\{outcome="invalid"\} 1$/m);
  assert.match(await wrong.metrics.text(), /^thehub_reload_last_successful 0$/m);
  const broken = scene(new TypeError("a bug"));
  const outcome = await broken.reloader.reload("file");
  assert.equal(outcome.t, "failed");
  assert.ok(!JSON.stringify(outcome).includes("a bug"), "the cause is in the log only");
  assert.ok(broken.record.lines.some(({ msg }) => msg === "reload_broke"));
});
