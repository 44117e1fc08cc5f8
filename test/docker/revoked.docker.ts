import { describe, test } from 'vitest'
import { revokedLab } from '../mocks/crl-distribution-point/revoked.ts'
import { oneInUseIsRevoked, probeTellsWhy, whoChecksRefusesIt } from '../mocks/crl-distribution-point/story.ts'
import { missing } from '../support/programs.ts'
import { noContainers } from './engine-here.ts'

const why = noContainers || (missing('openssl', 'curl', 'nsenter') ?? '')

describe.skipIf(why !== '')(`revocation lists in containers${why}`, () => {
  test('who checks revocation refuses a revoked certificate, and one that is revoked while it is in use', async () => {
    await using here = await revokedLab('docker')
    await whoChecksRefusesIt(here)
    await probeTellsWhy(here)
    await oneInUseIsRevoked(here)
  })
})
