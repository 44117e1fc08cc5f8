/** The lines of `identity-manager-server.md`, as they stand there below their headings, and what the vendor says elsewhere. */
const server = (line: string): string => `identity-manager-server.md › ${line}`
const certificate = (line: string): string => server(`SSL Certificate › ${line}`)
const workingDirectory = (line: string): string => server(`Service Accounts › Working directory permissions › ${line}`)
const hosting = (line: string): string => server(`Hosting › ${line}`)
const keyPairs = (line: string): string => server(`Encryption and Identity Server Key Pairs › ${line}`)

export const requirement = {
  licenceKey: server('License Key › The server requires a license key provided by Netwrix Identity Manager'),
  encryptionKeyPair: keyPairs(
    'An RSA-2048 encryption key pair is required for various encryption operations, such as source, configuration, or log file encryptions',
  ),
  identityServerKeyPair: keyPairs(
    "An RSA-2048 encryption key pair is required for Identity Manager's Identity Server for end-user authentication purposes",
  ),
  keyPairOutsidePki: keyPairs(
    "Such a certificate does not need to be integrated into the target organization's Public Key Infrastructure",
  ),
  keyPairWithoutExpiry: keyPairs('and does not require an expiration date'),
  keyPairChanged: keyPairs(
    'They are only relevant to internal and temporary Identity Manager data and can be changed at any time',
  ),
  keyPairInArchive: keyPairs("As a PKCS #12 archive stored in the server's host file system"),
  keyPairIsWhole: keyPairs('The archive contains both the public key certificate and the private key'),
  keyPairInStore: keyPairs(
    "As a certificate from a Windows' certificate store identified by SubjectDistinguishedName or by Thumbprint",
  ),
  httpsCertificate: certificate("in order to perform HTTPS communication with end-users' browsers"),
  trustedByBrowsers: certificate(
    "Identity Manager on-premises offering requires the use of an SSL certificate trusted by all the target end-users' browsers",
  ),
  organisationRoot: certificate(
    "a certificate signed by the target organization's Public Key Infrastructure (PKI) root certificate authority",
  ),
  certificateInIis: certificate('The on-premise SSL certificate must be set up in IIS'),
  saasWildcard: certificate(
    'SaaS offering comes with an SSL certificate signed by a trusted certificate authority for the *.usercube.com domains',
  ),
  saasOwnDomain: certificate(
    'Using another domain name for the SaaS installation requires providing the corresponding SSL certificate',
  ),
  hostName: server("Hostname and DNS › the server needs to be assigned a hostname within the organization's domain"),
  zoneUpdated: server('Hostname and DNS › The associated DNS zone needs to be updated accordingly'),
  alias: server('Hostname and DNS › The DNS alias should be written in lowercase'),
  agentsResolve: server("Hostname and DNS › Agents must be able to resolve the server's hostname"),
  windowsAuthentication: hosting('It is recommended to enable Windows Authentication'),
  anonymousAuthentication: hosting('It is recommended to enable Anonymous Authentication'),

  iis: hosting('The server can be run as an Internet Information Services (IIS) website (recommended)'),
  windowsService: hosting('The server can be run as a Windows service'),
  standAlone: hosting('The server can be run as a stand-alone executable for tests or debugging purposes'),
  dotNet: server('Software › The server is a .NET application'),
  customAccount: server(
    'Service Accounts › The IIS built-in application pool identity should not be used, because it will prevent the custom account from connecting to a distant SQL Server',
  ),
  databaseRoles: server(
    'Service Accounts › Database permissions › an SQL Server login with the relevant roles, including necessarily either sysadmin or securityadmin',
  ),
  sqlLogin: server(
    'Service Accounts › Database permissions › the server should be able to authenticate to SQL Server with its assigned service account',
  ),
  emails: server('Emails › The server needs access to an SMTP server to Send Notifications'),
  workingDirectory: workingDirectory('Read and List folder contents on the working directory'),
  runtime: workingDirectory(
    'Read & Execute and List folder contents on the Runtime directory, in order to run the agent executable',
  ),
  provisioningOrders: workingDirectory('Read and List folder contents on the directory for provisioning orders'),
  dataCollection: workingDirectory('Read, List folder contents, and Write on the directory for data collection'),
  otherPermissions: workingDirectory('Other permissions should be denied'),

  /** What the requirement does not say is the vendor's word elsewhere: the pages are named by facts' sections. */
  sdkCertificate: 'vendor, Application Settings › the certificate of the SDK is refused (facts 5.2)',
  fileBeforeStore: 'vendor, Application Settings › the PKCS #12 file wins over the store (facts 5.2)',
  firstOfSubject: 'vendor, Application Settings › of several with one subject the first found is taken (facts 5.2)',
  databaseRights: 'vendor, database requirements › bulkadmin and db_owner for the service account (facts 3.2)',
  healthCheck: 'vendor, install the server › GET /hc answers Healthy (facts 4.2)',
  applicationPool: 'vendor, install the server › idle time-out, recycling and preloading of the pool (facts 4.2, 9.2)',
  settingsFile:
    'vendor, network configuration › a backslash is doubled in JSON, otherwise parse error (facts 8.1, 9.2)',
  logins: 'vendor, end-users authentication (facts 6.2)',
  apiClients: 'vendor, API › authentication › <id>@<domain>, scope usercube_api (facts 6.2)',
  externalProvider: 'vendor, end-users authentication › OpenID (facts 6.2)',
  agentDatabases: 'vendor, data flows › the agent exports from SQL Server (facts 2.2, 3.2)',
  integratedAgent:
    'vendor, agent requirements › most installations use an integrated agent that runs within the server process (facts 1.2, 8.1)',
  agentConnection: 'vendor, data flows › the agent opens HTTPS to the server, with a token (facts 2.2, 6.2)',
  agentTokens: 'vendor, protect agent/server communication › tokens are verified with the public key (facts 6.2)',
  agentCertificates: 'vendor, agent settings › the SDK certificate is not for use (facts 5.2, 9.2)',
  agentSettings: 'vendor, agent settings › AgentIdentifier, ApplicationUri, SourcesRootPaths (facts 8.3, 8.4)',
  agentFiles: 'vendor, encryption › source files are encrypted (facts 5.2, 8.5)',
  agentOrders: 'vendor, working directory › orders are fetched and moved to Downloaded (facts 8.5)',
  agentBrowsers: 'vendor, agent requirements › browsers reach the agent by HTTPS (facts 2.2, 8.3)',
  agentScheduler: 'vendor, agent settings › Scheduler, scheduler.lock (facts 8.3, 9.2)',
  agentMails: 'vendor, agent settings › PasswordResetSettings (facts 7.2)',
  sessions: 'vendor, end-users authentication › cookie for 8 h, sliding for 10 min (facts 6.2)',
  agentMailSettings: 'vendor, agent settings › PasswordResetSettings.MailSettings (facts 7.2)',
  mailSettings: 'vendor, general purpose › MailSettings (facts 7.2)',
} as const
