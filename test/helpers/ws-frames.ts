// WebSocket frames written by hand, as clients send them: right ones and wrong ones.

export interface ClientFrame {
  readonly opcode: number;
  readonly payload?: Buffer | string;
  readonly fin?: boolean;
  /** Bits of the first byte besides FIN and the opcode. */
  readonly rsv?: number;
  /** False leaves the mask out, which clients must not. */
  readonly mask?: Buffer | false;
  /** Announces another length than the payload has. */
  readonly length?: number;
}

export function clientFrame({ opcode, payload = "", fin = true, rsv = 0, mask, length }: ClientFrame): Buffer {
  const bytes = Buffer.from(payload as string);
  const key = mask === undefined ? Buffer.from([0x37, 0xfa, 0x21, 0x3d]) : mask;
  const size = length ?? bytes.length;
  const head = Buffer.alloc(10);
  head[0] = (fin ? 0x80 : 0) | rsv | opcode;
  const maskBit = key === false ? 0 : 0x80;
  let end = 2;
  if (size < 126) {
    head[1] = maskBit | size;
  } else if (size < 0x10000) {
    head[1] = maskBit | 126;
    end = head.writeUInt16BE(size, 2);
  } else {
    head[1] = maskBit | 127;
    end = head.writeBigUInt64BE(BigInt(size), 2);
  }
  if (key === false) return Buffer.concat([head.subarray(0, end), bytes]);
  const masked = Buffer.from(bytes.map((byte, index) => byte ^ (key[index & 3] ?? 0)));
  return Buffer.concat([head.subarray(0, end), key, masked]);
}

export const text = (payload: string | Buffer, rest: Partial<ClientFrame> = {}): Buffer =>
  clientFrame({ opcode: 1, payload, ...rest });
