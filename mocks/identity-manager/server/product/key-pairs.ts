import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import {
  type KeyPair,
  type KeyPairPlace,
  type KeyPairPurpose,
  KeyPairRefused,
  loadKeyPair,
} from '../../keys/key-pair.ts'
import { encryptionPlace, identityPlace } from '../configuration/sections.ts'
import type { ServerOptions } from '../configuration/server-options.ts'
import { StartRefused } from './start-refused.ts'

/** Both pairs, as appsettings.json places them; without either of them the server does not start. */
export async function loadKeyPairs(
  host: ComponentHost,
  options: Pick<ServerOptions, 'encryptionCertificate' | 'identityServer'>,
  runtime: string,
): Promise<{ readonly encryption: KeyPair; readonly identity: KeyPair }> {
  const [encryption, identity] = await Promise.all([
    requiredKeyPair(host, encryptionPlace(options.encryptionCertificate), 'encryption', runtime),
    requiredKeyPair(host, identityPlace(options.identityServer), 'identity-server', runtime),
  ])
  return { encryption, identity }
}

/** Throws `StartRefused` where the product does not take it. */
export async function requiredKeyPair(
  host: ComponentHost,
  place: KeyPairPlace,
  purpose: KeyPairPurpose,
  runtime: string,
): Promise<KeyPair> {
  try {
    return await loadKeyPair(host, place, purpose, runtime)
  } catch (error) {
    if (!(error instanceof KeyPairRefused)) throw error
    throw new StartRefused(`${purpose}-certificate/${error.code}`, error.message, { cause: error })
  }
}
