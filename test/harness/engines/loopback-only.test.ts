import { expect, test } from 'vitest'
import { startLandscape } from '../../../harness/standard.ts'
import { ownListeners } from '../../support/own-listeners.ts'

test.skipIf(process.platform !== 'linux').for([{}, { live: true }, { mapped: true }])(
  'a landscape listens on loopback alone: %o',
  async (options) => {
    const before = ownListeners().length
    await using lab = await startLandscape('password-secure', options)
    const addresses = ownListeners()
    expect(addresses.length - before).toBeGreaterThanOrEqual(lab.endpoints().length)
    expect(addresses.filter((address) => !address.startsWith('127.'))).toEqual([])
  },
)
