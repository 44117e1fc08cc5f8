export type Pkcs12Library = typeof import('pkijs')

/** The one place that imports `pkijs`: some 50 ms, so at first need. It takes the cryptography of `globalThis.crypto`, Node's own. */
export const pkcs12Library = (): Promise<Pkcs12Library> => import('pkijs')

/** A copy of exactly these bytes: the library looks at whole buffers. */
export const arrayBuffer = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer
