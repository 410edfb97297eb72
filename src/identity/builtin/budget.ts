// How often somebody unknown may ask for something that costs: so many times a minute from one address, and so many from all together.
import type { Clock } from "../../base/clock.ts";
import { placeOfAddress } from "../../base/ip-address.ts";

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
  has(address = ""): boolean {
    this.#turn();
    return this.#all < this.#inAll && (this.#spent.get(placeOfAddress(address)) ?? 0) < this.#perAddress;
  }

  spend(address = ""): void {
    this.#turn();
    const place = placeOfAddress(address);
    this.#all++;
    // More addresses than are remembered count all together.
    if (this.#spent.has(place) || this.#spent.size < maxAddresses)
      this.#spent.set(place, (this.#spent.get(place) ?? 0) + 1);
  }

  take(address = ""): boolean {
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
