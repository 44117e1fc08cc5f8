import { type AnyScenario, type RoleSpec, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { leafOf } from './leaf.ts'

interface Certified {
  readonly name: string
  readonly title: string
  readonly from: RoleSpec
  readonly to: RoleSpec
  readonly port: number
  readonly requirement: string
}

/** Where a certificate of the organisation’s own PKI stands, and who must believe it. */
const certified: readonly Certified[] = [
  {
    name: 'web-server',
    title: 'A browser',
    from: 'password-secure/client',
    to: 'web-server',
    port: 443,
    requirement: requirement.webIncoming,
  },
  {
    name: 'licence-server',
    title: 'The application server',
    from: 'password-secure/app-server',
    to: { kind: 'password-secure/license-server', via: 'from.license' },
    port: 443,
    requirement: requirement.licenceOutgoing,
  },
  {
    name: 'mail-server',
    title: 'The application server',
    from: 'password-secure/app-server',
    to: { kind: 'smtp-server', via: 'from.mail' },
    port: 465,
    requirement: requirement.smtp,
  },
]

const chain = ({ name, title, from, to, port, requirement }: Certified) =>
  scenario({
    id: `password-secure/tls/${name}-sends-its-whole-chain`,
    title: `${title} trusts the chain at ${port}: a leaf, its intermediate, and the root of the landscape`,
    requirement,
    on: { from, to },
    brokenBy: { setting: 'to.certificate.defect', value: 'missing-intermediate' },
    async run({ from: caller, to: target, expect }) {
      const seen = await caller.probe('tls', { host: target.fqdn, port })
      expect(seen).toSucceed()
      expect(seen.facts.tls).toInclude({ authorized: true })
    },
  })

const identity = ({ name, title, from, to, port, requirement }: Certified) =>
  scenario({
    id: `password-secure/tls/${name}-is-certified-by-its-name`,
    title: `${title} finds the host’s name in the certificate at ${port}`,
    requirement,
    on: { from, to },
    brokenBy: { setting: 'to.certificate.defect', value: 'wrong-name' },
    async run({ from: caller, to: target, expect }) {
      const seen = await caller.probe('tls', { host: target.fqdn, port })
      expect(seen).toSucceed()
      expect(leafOf(seen).dnsNames, 'names').toContain(target.fqdn)
    },
  })

const validity = ({ name, title, from, to, port, requirement }: Certified) =>
  scenario({
    id: `password-secure/tls/${name}-certificate-is-in-date`,
    title: `${title} meets a certificate at ${port} that is valid now`,
    requirement,
    on: { from, to },
    brokenBy: { setting: 'to.certificate.defect', value: 'expired' },
    async run({ from: caller, to: target, expect }) {
      expect(await caller.probe('tls', { host: target.fqdn, port })).toSucceed()
    },
  })

const stranger = ({ name, from, to, port, requirement }: Certified) =>
  scenario({
    id: `password-secure/tls/${name}-is-not-trusted-by-strangers`,
    title: `Who does not know the landscape’s root refuses the chain at ${port}`,
    requirement,
    on: { from, to },
    brokenBy: { setting: 'to.certificate.defect', value: 'self-signed' },
    async run({ from: caller, to: target, expect }) {
      const seen = await caller.probe('tls', { host: target.fqdn, port, trust: 'nobody' })
      expect(seen).toFail({ code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', ended: 'local' })
    },
  })

export const landscapeCa: readonly AnyScenario[] = certified.flatMap((place): readonly AnyScenario[] => [
  chain(place),
  identity(place),
  validity(place),
  stranger(place),
])
