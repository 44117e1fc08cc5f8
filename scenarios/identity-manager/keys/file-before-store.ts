import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { otherRefusal } from './broken-place.ts'

const FILE = 'C:/Keys/elsewhere.pfx'

export const fileBeforeStore: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/keys/file-wins-over-the-store',
    title: 'Where appsettings.json names a file and a store, the file is meant, also when it is not there',
    requirement: requirement.fileBeforeStore,
    on: { server: 'identity-manager/server' },
    brokenBy: otherRefusal,
    async run({ server, expect, step }) {
      await step('the pair is in the store', async () => {
        expect(await server.call('status', {})).toInclude({ state: 'running' })
      })
      await step('a file is named beside it', async () => {
        const { appsettings } = server.settings
        const written = typeof appsettings === 'object' && appsettings !== null ? appsettings : {}
        await server.restart({ appsettings: { ...written, EncryptionCertificate: { File: FILE } } })
        const refused = { state: 'failed', refusal: { code: 'encryption-certificate/file-not-found' } }
        expect(await server.call('status', {})).toInclude(refused)
      })
    },
  }),
]
