import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

/** Keys of the simulated vendor, whose signature is the same everywhere. */
const GOOD_KEY =
  '{"LicensedTo":"Corp","ValidTo":"20991231","IdentityQuota":1000,"Signature":"/Gwess1NMxFn+jPIvh7C2CqKPkSAjhmeHxAoAovr1Mdacbp/BQOeGE+pAKS9agPiDz8DGOwQgk1RyBaLJcEQDg=="}'
const EXPIRED_KEY =
  '{"LicensedTo":"Corp","ValidTo":"20251231","IdentityQuota":1000,"Signature":"jvi5IQjKYfMaoXDD6xdNiy7U/mVCdFWl3pOaND4mtLDdvdCx6v0POjkQCYPtlGenglH7L2wYJKzE2Bk+e5plBw=="}'
const SMALL_KEY =
  '{"LicensedTo":"Corp","ValidTo":"20991231","IdentityQuota":1,"Signature":"utoaDf7vkkH8UqzV176BNx8Aj28H9U7drGis9+NWahx7ZsN8fLslvfrv4Ve4wPEDPrPx9D9PTOEM0QZ7Q8FjAw=="}'

/** What is wrong with a key, and what the server then does. */
const defects = [
  { defect: 'missing', key: null, title: 'Without a license key the server does not start, and its site answers 500' },
  { defect: 'malformed', key: 'Corp', title: 'The server does not start with a license key that cannot be read' },
  {
    defect: 'tampered',
    key: GOOD_KEY.replace('"IdentityQuota":1000', '"IdentityQuota":100000'),
    title: 'The server does not start with a license key that was changed after the vendor signed it',
  },
  {
    defect: 'expired',
    key: EXPIRED_KEY,
    title: 'The server does not start with a license key whose last day is over',
  },
] as const

export const licenceKey: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/licence/valid-key',
    title: 'The server runs with a license key of the vendor, and knows to whom, until when and for how many it is',
    requirement: requirement.licenceKey,
    on: { server: 'identity-manager/server' },
    brokenBy: { setting: 'server.licence.defect', value: 'missing' },
    async run({ server, expect }) {
      const { state, licence } = await server.call('status', {})
      expect(state, 'the server').toEqual('running')
      expect(licence, 'the licence').toBeTruthy()
      expect(licence?.validTo ?? '', 'its last day').toMatch(/T23:59:59/)
      expect(licence?.identityQuota, 'its quota').toBeTruthy()
    },
  }),
  ...defects.map(({ defect, key, title }) =>
    scenario({
      id: `identity-manager/licence/${defect}-key-is-refused`,
      title,
      requirement: requirement.licenceKey,
      on: {
        server: { kind: 'identity-manager/server', where: { hosting: 'iis' } },
        browser: { kind: 'browser', first: true },
      },
      // The environment beats appsettings.json.
      brokenBy: { setting: 'server.environment', value: { License: GOOD_KEY } },
      async run({ server, browser, expect, defer }) {
        const withKey = async (License: string | null) => {
          await server.call('set-appsettings', { change: { License } })
          await server.call('recycle', {})
        }
        defer(() => withKey(GOOD_KEY))
        await withKey(key)
        const status = await server.call('status', {})
        expect(status).toInclude({ state: 'failed', refusal: { code: `licence/${defect}` } })
        expect(status.refusal?.text ?? '', 'what it says').toMatch(/license key/)
        const answer = await browser.probe('http', { url: `https://${server.fqdn}/` })
        expect(answer.facts, 'what a browser gets').toInclude({ http: { status: 500 } })
      },
    }),
  ),
  scenario({
    id: 'identity-manager/licence/identity-quota-is-counted',
    title: 'Where there are more identities than the license key is for, the server says by how many',
    requirement: requirement.licenceKey,
    on: { server: 'identity-manager/server' },
    brokenBy: { setting: 'server.environment', value: { License: GOOD_KEY } },
    async run({ server, expect, defer }) {
      const withKey = async (License: string) => {
        await server.call('set-appsettings', { change: { License } })
        await server.call('recycle', {})
      }
      defer(() => withKey(GOOD_KEY))
      await withKey(SMALL_KEY)
      expect(await server.call('status', {})).toInclude({ state: 'running', licence: { identityQuota: 1 } })
      const [told] = await server.journal('identity-quota-exceeded')
      expect(told?.facts, 'what the server says').toInclude({ quota: 1 })
    },
  }),
]
