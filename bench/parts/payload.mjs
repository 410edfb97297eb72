// The large bodies, made from a seed, so that the Core and the client build the same bytes without sending them first.

export const mebibyte = 1024 * 1024;

/** Small and fast generator of 32-bit numbers; the same seed gives the same body everywhere. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}

/**
 * The inside of a JSON string of exactly `size` bytes: words in letters and digits, an escaped line break now and then.
 * Letters are spread evenly, so that a filter looking for a secret meets its first byte as often as in real text.
 */
export function proseBody(size) {
  const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const next = generator(7);
  let text = "";
  while (text.length < size) {
    for (let letters = 2 + (next() % 9); letters > 0; letters--) text += alphabet[next() % alphabet.length];
    text += next() % 12 === 0 ? "\\n" : " ";
  }
  text = text.slice(0, size);
  // A cut between a backslash and its letter would not be JSON.
  return text.endsWith("\\") ? `${text.slice(0, -1)}.` : text;
}

/** A JSON array of about `size` bytes (never more) made of as many small tokens as fit. */
export function tokenBody(size) {
  const next = generator(11);
  const kinds = [
    () => String(next() % 1000),
    () => "true",
    () => "null",
    () => `"${next() % 10}"`,
    () => `[${next() % 10},${next() % 10}]`,
    () => `{"a":${next() % 10}}`,
  ];
  let text = "[0";
  while (text.length < size - 16) text += `,${kinds[next() % kinds.length]()}`;
  return `${text}]`;
}

/** 64 bits over the UTF-16 units of `text`, as hex: tells a changed payload from the right one, no more. */
export function hashOf(text) {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit ^ (a >>> 16), 1597334677);
  }
  const half = (n) => (n >>> 0).toString(16).padStart(8, "0");
  return half(a) + half(b);
}
