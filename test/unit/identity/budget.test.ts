import assert from "node:assert/strict";
import { test } from "node:test";
import { Budget } from "../../../src/identity/builtin/budget.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

test("budget: counts by the network where an address is of IPv6, however short it is written", () => {
  const budget = new Budget(new FakeClock(), 2, 100);
  for (const address of ["2001:db8::1", "2001:db8::2"]) assert.equal(budget.take(address), true, address);
  for (const address of ["2001:db8::3", "2001:db8:0:0:4::", "2001:db8:0:0:1:2:3:4"]) {
    assert.equal(budget.take(address), false, address);
  }
  for (const address of ["2001:db8:0:1::1", "2001:db8:1::1", "192.0.2.1", "192.0.2.2", undefined]) {
    assert.equal(budget.take(address), true, address);
  }
});
