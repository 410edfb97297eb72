// How often somebody unknown may ask for something that costs: so many times a minute from one address, and so many from all together.
import type { Clock } from "../../base/clock.ts";

const windowMs = 60_000;
const maxAddresses = 4_096;

export class Budget {
  readonly #clock: Clock;
  readonly #perAddress: number;
  readonly #inAll: number;
  readonly #spent = new Map<string, number>();
  #all = 0;
  #since: number;

  constructor(clock: Clock, perAddress: number, inAll: number) {
    this.#clock = clock;
    this.#perAddress = perAddress;
    this.#inAll = inAll;
    this.#since = clock.now();
  }

  /** Whether there is any left. */
  has(address: string | undefined): boolean {
    this.#turn();
    return this.#all < this.#inAll && (this.#spent.get(placeOf(address)) ?? 0) < this.#perAddress;
  }

  spend(address: string | undefined): void {
    this.#turn();
    const place = placeOf(address);
    this.#all++;
    // More addresses than are remembered count all together.
    if (this.#spent.has(place) || this.#spent.size < maxAddresses)
      this.#spent.set(place, (this.#spent.get(place) ?? 0) + 1);
  }

  take(address: string | undefined): boolean {
    const isLeft = this.has(address);
    if (isLeft) this.spend(address);
    return isLeft;
  }

  #turn(): void {
    const now = this.#clock.now();
    if (now - this.#since < windowMs) return;
    this.#since = now;
    this.#all = 0;
    this.#spent.clear();
  }
}

/** Who has one address of IPv6 has the network around it. */
function placeOf(address = ""): string {
  return address.includes(":") && !address.includes(".") ? address.split(":").slice(0, 4).join(":") : address;
}
