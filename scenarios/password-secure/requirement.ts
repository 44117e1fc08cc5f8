/** The lines of `password-secure-installation.md`, as its headings and bullets stand there, and what the vendor says elsewhere. */
const installation = (line: string): string => `password-secure-installation.md › ${line}`
const ports = (line: string): string => installation(`Firewall rules / Ports › ${line}`)

export const requirement = {
  sqlIncoming: ports('MSSQL Server › Port 1433 TCP for communication with application server (incoming)'),
  licenceOutgoing: ports(
    'Application server › Port 443 HTTPS for connection to the Netwrix Password Secure license server (outgoing)',
  ),
  clientsIncoming: ports(
    'Application server › Port 11011 TCP for communication with clients or web server IIS (incoming)',
  ),
  backup: ports('Application server › Port 11014 TCP for the backup service (usually does not need to be unlocked)'),
  webServicesIncoming: ports(
    'Application server › Port 11016 TCP for the Web services (incoming; only when using the Web Application)',
  ),
  realTimeIncoming: ports('Application server › Port 11018 TCP for real-time update (incoming)'),
  sqlOutgoing: ports('Application server › Port 1433 TCP for communication with SQL Server (outgoing)'),
  webIncoming: ports('Webserver (Web Application) › Port 443 HTTPS to access the webserver from the client (incoming)'),
  webServicesOutgoing: ports(
    'Webserver (Web Application) › Port 11016 for communication to the application server (outgoing)',
  ),
  webRealTimeOutgoing: ports('Webserver (Web Application) › Port 11018 for the real-time update (outgoing)'),
  clientOutgoing: ports('Client › Port 11011 TCP for communication with the application server (outgoing)'),
  clientRealTimeOutgoing: ports('Client › Port 11018 TCP (outgoing)'),
  addOnOutgoing: ports('Client › Port 52120 TCP with the add-on (outgoing)'),

  severalServers: installation('System landscape › Any number of application servers can be made available'),
  clientLayer: installation('Client (presentation layer) › the representation of all data and functions'),
  permissions: installation(
    'Application server (business logic) › only ever delivers the data for which the corresponding permissions are available',
  ),
  loadDistribution: installation(
    'Application server (business logic) › the use of several application servers and ensures efficient load distribution',
  ),
  /** What a database server with several instances adds: Microsoft's protocol, not the vendor's page. */
  sqlInstances: 'MC-SQLR › 2.2 › SQL Server Browser on UDP 1434 tells where an instance is',
  database: installation('Database server (data storage) › uses Microsoft SQL Server to store data'),

  /** What the requirement does not say is the vendor's word elsewhere: the pages are named by facts' sections. */
  certificate: 'vendor, SSL connection certificates › PSR8Server (facts 5.1)',
  webServers: 'vendor, web application › IIS, nginx, Apache (facts 4.1)',
  redirect: 'vendor, web application › port 80 redirects to HTTPS (facts 2.1)',
  cors: 'vendor, web application › the Origin has to be in the list of allowed domains (facts 4.1)',
  logins: 'vendor, user passwords and logging in (facts 6.1)',
  bruteForce: 'vendor, encryption › automatic blocking of the requesting client (facts 6.1)',
  backups: 'vendor, backup management › deactivated after 5 failures in a row (facts 3.1)',
  licence: 'vendor, licence › activation over HTTPS, "Too many activations!" (facts 1.1, 9.1)',
  smtp: 'vendor, advanced settings › SMTP: host, port, authentication, protocol (facts 7.1)',
} as const
