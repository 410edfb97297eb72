import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalName, commonName, fromLines } from "../../../src/base/distinguished-name.ts";

const isSame = (one: string, other: string) => canonicalName(one) === canonicalName(other);

test("distinguished names: blanks, the case of types, escapes and the order within a part say nothing", () => {
  assert.ok(isSame("CN=laptop,OU=Dev,O=Example", "cn = laptop, ou = Dev, o = Example"));
  assert.ok(isSame("CN=l\\C3\\A4p=top", "CN=läp=top"));
  assert.ok(isSame("O=Ex\\, Ample \\+ Co", "O=Ex\\2C Ample \\2B Co"));
  assert.ok(isSame("OU=x+CN=multi,O=Ex", "CN=multi + OU=x, O=Ex"));
});

test("distinguished names: everything else does", () => {
  assert.ok(!isSame("CN=laptop,O=Example", "O=Example,CN=laptop"), "the order of parts");
  assert.ok(!isSame("CN=laptop", "CN=Laptop"));
  assert.ok(!isSame("CN=laptop", "CN=laptop,O=Example"));
  assert.ok(!isSame("CN=a\\,O=b", "CN=a,O=b"), "a comma in a value");
  assert.ok(!isSame("CN=a+O=b", "CN=a,O=b"));
});

test("distinguished names: what is none is none", () => {
  for (const text of ["", "laptop", "=a", "CN=a,,O=b", "C N=a"]) assert.equal(canonicalName(text), undefined, text);
});

test("distinguished names: the common name is that of the most specific part, and none of a value", () => {
  assert.equal(commonName("CN=laptop,CN=users,O=Example"), "laptop");
  assert.equal(commonName("O=a\\,CN=evil,OU=b"), undefined);
  assert.equal(fromLines("C=DE\nO=Ex\\, Ample\nCN=laptop"), "CN=laptop,O=Ex\\, Ample,C=DE");
});
