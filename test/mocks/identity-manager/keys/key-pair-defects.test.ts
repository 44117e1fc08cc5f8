import { expect, test } from 'vitest'
import { agentSettings } from '../../../../mocks/identity-manager/agent/settings.ts'
import { serverSettings } from '../../../../mocks/identity-manager/server/settings.ts'

test.each([
  ['wrong-password', 'store', 'pfx'],
  ['file-not-found', 'store', 'pfx'],
  ['not-in-store', 'pfx', 'store'],
  ['same-subject', 'pfx', 'store'],
])('%s is refused of a key pair in source %s', (defect, source, fitting) => {
  const wrong = { source, defect }
  const message = `${defect} is of source ${fitting}, and this is of ${source}`
  for (const { error } of [
    serverSettings.safeParse({ encryptionCertificate: wrong }),
    serverSettings.safeParse({ identityCertificate: wrong }),
    agentSettings.safeParse({ encryptionKey: wrong }),
  ]) {
    expect(error?.issues).toMatchObject([{ message }])
  }
  expect(serverSettings.safeParse({ encryptionCertificate: { source: fitting, defect } }).success).toBe(true)
})
