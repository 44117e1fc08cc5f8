import type { AnyScenario } from '../../harness/scenario/index.ts'
import { serverCertificate } from './tls/server-certificate.ts'

/** Everything that the Identity Manager requirement asks for, in the order in which a reader would check it. */
export const identityManager: readonly AnyScenario[] = [...serverCertificate]
