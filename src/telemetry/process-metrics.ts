// What the process itself uses, read when asked: no timers, no observers.
import { readdir, readFile } from "node:fs/promises";
import type { MetricSource } from "./metric-source.ts";

export function processMetrics(): MetricSource[] {
  return [
    single("process_cpu_seconds_total", "counter", "User and system CPU time, in seconds.", () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    }),
    single("process_resident_memory_bytes", "gauge", "Resident memory.", () => process.memoryUsage.rss()),
    single("process_start_time_seconds", "gauge", "Start of the process since the epoch.", () =>
      Math.round(performance.timeOrigin / 1000),
    ),
    {
      name: "process_open_fds",
      type: "gauge",
      help: "Open file descriptors; absent where the system does not say.",
      read: openFiles,
    },
    {
      name: "process_max_fds",
      type: "gauge",
      help: "Open file descriptors that the system allows; absent where it does not say.",
      read: maxFiles,
    },
    single("nodejs_heap_size_used_bytes", "gauge", "JavaScript heap in use.", () => process.memoryUsage().heapUsed),
    single("nodejs_heap_size_total_bytes", "gauge", "JavaScript heap reserved.", () => process.memoryUsage().heapTotal),
    single("nodejs_external_memory_bytes", "gauge", "Memory of buffers outside the JavaScript heap.", () => {
      const { external } = process.memoryUsage();
      return external;
    }),
  ];
}

function single(name: string, type: "counter" | "gauge", help: string, read: () => number): MetricSource {
  return { name, type, help, read: () => [{ labels: {}, value: read() }] };
}

async function openFiles(): Promise<{ labels: Record<string, string>; value: number }[]> {
  try {
    const entries = await readdir("/proc/self/fd");
    return [{ labels: {}, value: entries.length }];
  } catch {
    // Not Linux: the metric stays without a value.
    return [];
  }
}

/** The soft limit, which is the one that counts. */
async function maxFiles(): Promise<{ labels: Record<string, string>; value: number }[]> {
  const limits = await readFile("/proc/self/limits", "utf8").catch(() => "");
  const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? [] : [{ labels: {}, value: Number(soft) }];
}
