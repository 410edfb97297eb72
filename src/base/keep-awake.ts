// The Clock's timers let the process exit; while processes are being ended it must not.

/** Keeps the event loop alive until the returned function is called. Measures no time. */
export function keepAwake(): () => void {
  const handle = setInterval(() => {}, 2 ** 30);
  return () => clearInterval(handle);
}
