// Requests as bytes made once and stamped for each call: only the id and the nonce change, in place, under the link's mask.
// An id has 8 digits, a nonce 16 characters, so that every frame of one kind has one length.

export const idDigits = 8;
export const firstId = 10_000_000;
export const nonceLength = 16;

/** Stand-ins that `seal` looks for; the same lengths as what is stamped over them. */
export const idMark = "\u0001".repeat(idDigits);
export const nonceMark = "\u0002".repeat(nonceLength);

/** A request framed and masked for one link, still without its id and nonces. */
export interface Sealed {
  readonly bytes: Buffer;
  /** Where the message starts inside `bytes`; the mask turns from there. */
  readonly start: number;
  /** Four bytes of the WebSocket mask; zeros on stdio. */
  readonly key: Buffer;
  readonly idAt: number;
  readonly nonceAt: readonly number[];
}

export const noKey = Buffer.alloc(4);

/** Finds the stand-ins in `message` (unmasked) for a frame whose message starts at `start`. */
export function sealed(message: Buffer, bytes: Buffer, start: number, key: Buffer): Sealed {
  const nonceAt: number[] = [];
  for (let at = message.indexOf(nonceMark); at >= 0; at = message.indexOf(nonceMark, at + nonceLength)) {
    nonceAt.push(at + start);
  }
  return { bytes, start, key, idAt: message.indexOf(idMark) + start, nonceAt };
}

/** A client's text frame with `message` masked by `key`. */
export function webSocketFrame(message: Buffer, key: Buffer): { bytes: Buffer; start: number } {
  const size = message.length;
  const start = (size < 126 ? 2 : size < 65536 ? 4 : 10) + 4;
  const bytes = Buffer.alloc(start + size);
  bytes[0] = 0x81;
  if (size < 126) bytes[1] = 0x80 | size;
  else if (size < 65536) {
    bytes[1] = 0x80 | 126;
    bytes.writeUInt16BE(size, 2);
  } else {
    bytes[1] = 0x80 | 127;
    bytes.writeUInt32BE(size, 6);
  }
  key.copy(bytes, start - 4);
  for (let i = 0; i < size; i++) bytes[start + i] = (message[i] ?? 0) ^ (key[i & 3] ?? 0);
  return { bytes, start };
}

const hex = Buffer.from("0123456789abcdef");

/** The changing half of the nonce of call `id` on a link; the other half is the link's salt. */
function scrambled(id: number): number {
  return Math.imul(id ^ (id >>> 13), 0x9e3779b1) >>> 0;
}

/** Writes id and nonces into a frame that starts at `at` of `out`. */
export function stamp(frame: Sealed, out: Buffer, at: number, id: number, salt: number): void {
  const { key, start, idAt, nonceAt } = frame;
  let left = id;
  for (let i = idDigits - 1; i >= 0; i--) {
    const next = (left / 10) | 0;
    out[at + idAt + i] = (48 + left - next * 10) ^ (key[(idAt + i - start) & 3] as number);
    left = next;
  }
  const own = scrambled(id);
  for (const nonce of nonceAt) {
    for (let i = 0; i < 8; i++) {
      const shift = 28 - i * 4;
      out[at + nonce + i] = (hex[(own >>> shift) & 15] as number) ^ (key[(nonce + i - start) & 3] as number);
      out[at + nonce + 8 + i] = (hex[(salt >>> shift) & 15] as number) ^ (key[(nonce + 8 + i - start) & 3] as number);
    }
  }
}

/** Whether the 16 bytes at `at` are the nonce of call `id`. */
export function hasNonce(bytes: Buffer, at: number, id: number, salt: number): boolean {
  const own = scrambled(id);
  for (let i = 0; i < 8; i++) {
    const shift = 28 - i * 4;
    if (bytes[at + i] !== hex[(own >>> shift) & 15] || bytes[at + 8 + i] !== hex[(salt >>> shift) & 15]) return false;
  }
  return true;
}

export function nonceOf(id: number, salt: number): string {
  return scrambled(id).toString(16).padStart(8, "0") + salt.toString(16).padStart(8, "0");
}

/** The id whose 8 digits stand at `at`, or -1. */
export function idAt(bytes: Buffer, at: number): number {
  let id = 0;
  for (let i = 0; i < idDigits; i++) {
    const digit = (bytes[at + i] ?? 0) - 48;
    if (digit < 0 || digit > 9) return -1;
    id = id * 10 + digit;
  }
  return id;
}
