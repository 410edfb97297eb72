// What a test waits for: nothing is asked again after a while, only when something has come.
export class Waits {
  readonly #looks = new Set<() => void>();

  /** Something came: whoever waits looks again. */
  changed(): void {
    for (const look of [...this.#looks]) look();
  }

  /** What `find` finds, now or when something has come. */
  first<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        this.#looks.delete(look);
        resolve(found);
      };
      this.#looks.add(look);
      look();
    });
  }
}
