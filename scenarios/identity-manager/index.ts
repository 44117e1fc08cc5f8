import type { AnyScenario } from '../../harness/scenario/index.ts'
import { formLogins } from './browser/logins.ts'
import { windowsLogins } from './browser/windows-logins.ts'
import { serverCertificate } from './tls/server-certificate.ts'

/** Everything that the Identity Manager requirement asks for, in the order in which a reader would check it. */
export const identityManager: readonly AnyScenario[] = [...serverCertificate, ...formLogins, ...windowsLogins]
