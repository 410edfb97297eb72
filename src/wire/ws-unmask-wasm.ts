// Generated from wasm/ws-unmask.ts by `npm run types`. Do not edit.
// biome-ignore-all format: generated

/** 145 bytes of WebAssembly, in base64. */
export const wsUnmaskWasm =
  "AGFzbQEAAAABBwFgA39/fwADAgEABQMBAAAHEwIGdW5tYXNrAAAGbWVtb3J5AgAKYAFeAQF7IAL9ESEDA0AgACABSQRAIAAgAP0ABAAgA/1R/QsEACAAIAD9AAQQIAP9Uf0LBBAgACAA/QAEICAD/VH9CwQgIAAgAP0ABDAgA/1R/QsEMCAAQUBrIQAMAQsLCw==";
