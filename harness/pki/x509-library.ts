import { webcrypto } from 'node:crypto'

export type X509Library = typeof import('@peculiar/x509')

let loading: Promise<X509Library> | undefined

/** The one place that imports `@peculiar/x509`: 209 files, some 55 ms with a warm compile cache, so at first need. */
export function x509Library(): Promise<X509Library> {
  loading ??= import('@peculiar/x509').then((library) => {
    library.cryptoProvider.set(webcrypto)
    return library
  })
  return loading
}
