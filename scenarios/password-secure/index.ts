import type { AnyScenario } from '../../harness/scenario/index.ts'
import { backups } from './backup/backup.ts'
import { licences } from './licence/licence.ts'
import { clientLogins } from './login/clients.ts'
import { webLogins } from './login/web.ts'
import { mails } from './mail/mail.ts'
import { permissions } from './permissions/permissions.ts'
import { addOnScenarios } from './ports/add-on.ts'
import { applicationServerPorts } from './ports/application-server.ts'
import { browserPorts } from './ports/browsers.ts'
import { closedPorts } from './ports/closed.ts'
import { sqlServerPorts } from './ports/sql-server.ts'
import { webServerPorts } from './ports/web-server.ts'
import { realTime } from './real-time/real-time.ts'
import { sqlAccounts } from './sql/accounts.ts'
import { sqlDatabaseStates } from './sql/database-states.ts'
import { sqlInstances } from './sql/instances.ts'
import { sqlLogins } from './sql/logins.ts'
import { sqlServiceStates } from './sql/service-states.ts'
import { connectionCertificate } from './tls/connection-certificate.ts'
import { landscapeCa } from './tls/landscape-ca.ts'
import { sqlServerTls } from './tls/sql-server.ts'
import { loadDistribution } from './web/load.ts'
import { webServerProducts } from './web/products.ts'

/** Everything that the Password Secure requirement asks for, in the order in which a reader would check it. */
export const passwordSecure: readonly AnyScenario[] = [
  ...sqlServerPorts,
  ...applicationServerPorts,
  ...webServerPorts,
  ...browserPorts,
  ...closedPorts,
  ...addOnScenarios,
  ...connectionCertificate,
  ...landscapeCa,
  ...sqlServerTls,
  ...sqlLogins,
  ...sqlAccounts,
  ...sqlServiceStates,
  ...sqlDatabaseStates,
  ...sqlInstances,
  ...clientLogins,
  ...webLogins,
  ...permissions,
  ...realTime,
  ...loadDistribution,
  ...webServerProducts,
  ...backups,
  ...licences,
  ...mails,
]
