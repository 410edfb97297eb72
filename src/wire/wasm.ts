// Makes what wasm/ is compiled to ready to be called.

/** The part of WebAssembly that is used here: its types come with browsers' libraries only. */
interface WasmHost {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** Compiled; each call of what is returned makes memory of its own. Throws where WebAssembly or its vectors are missing. */
export function compileWasm<Exports extends object>(base64: string): () => Exports {
  const { WebAssembly: host } = globalThis as unknown as { WebAssembly: WasmHost };
  const module = new host.Module(Buffer.from(base64, "base64"));
  return () => new host.Instance(module).exports as Exports;
}
