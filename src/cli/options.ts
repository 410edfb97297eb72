/** For options that may come more than once. */
export function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
