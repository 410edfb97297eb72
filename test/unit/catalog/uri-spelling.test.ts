import assert from "node:assert/strict";
import { test } from "node:test";
import { toClient, toCore } from "../../../src/catalog/uri-spelling.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

/** A scheme of RFC 3986, and what may stand behind it. */
const isUri = (text: string) => /^[a-z][a-z0-9+.-]*:[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/i.test(text) && URL.canParse(text);

test("uri spelling: the namespace is in the scheme, or in the host of a page", () => {
  const cases = [
    ["file:///a b", "files+file:///a b"],
    ["NOTES:1", "files+NOTES:1"],
    ["ui://chart/a", "ui://files+chart/a"],
    ["UI://chart/a", "UI://files+chart/a"],
    ["ui:///a", "ui://files+/a"],
    ["ui://{chart}/a", "ui://files+{chart}/a"],
    ["ui://[::1]/a", "files+ui://[::1]/a"],
    ["ui:a", "files+ui:a"],
    ["a/b", "files+:a/b"],
    [":a", "files+::a"],
    ["{+path}", "files+:{+path}"],
    ["{scheme}://a", "files+:{scheme}://a"],
    ["files+file:///a", "files+files+file:///a"],
    ["ui://files+chart", "ui://files+files+chart"],
  ] as const;
  for (const [native, shown] of cases) {
    assert.equal(toClient("files", native), shown);
    assert.equal(toCore("files", shown), native);
  }
});

test("uri spelling: what is another's, or names nothing, is nobody's", () => {
  const others = [
    "file:///a",
    "files:a",
    "file+a:b",
    "files2+a:b",
    "ui://chart",
    "ui://file+chart",
    "files+",
    "files+:",
  ];
  for (const uri of [...others, ""]) assert.equal(toCore("files", uri), undefined, uri);
});

test("uri spelling: any uri comes back as it was, and is a uri as long as it has the namespace in it", () => {
  const random = seededRandom(20_261_126);
  const schemes = ["file", "notes", "ui", "UI", "git+ssh", "a.b-c", "h2"];
  const starts = ["://", "://user@host", "://[::1]", ":///", ":", "://a+b", "://x:80"];
  const rest = ["/a", "?q=1", "#f", "%20", "+", ":", "files+", "a", "~", "/..", "ui://"];
  const namespaces = ["files", "a", "my-files", "h2"];
  let uris = 0;
  for (let round = 0; round < 5000; round++) {
    const namespace = random.pick(namespaces);
    const tail = Array.from({ length: random.below(5) }, () => random.pick(rest)).join("");
    const native = random.below(8) === 0 ? tail || "x" : random.pick(schemes) + random.pick(starts) + tail;
    const shown = toClient(namespace, native);
    assert.equal(toCore(namespace, shown), native, native);
    for (const other of namespaces) if (other !== namespace) assert.equal(toCore(other, shown), undefined, shown);
    if (!isUri(native)) continue;
    uris++;
    assert.ok(isUri(shown), `${native} became ${shown}`);
  }
  assert.ok(uris > 2000);
});
