import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { checked } from './checked.ts'

const onServer = { im: { kind: 'identity-manager/server', first: true } } as const

const granted = (permission: string) =>
  ({ setting: 'im.workingDirectoryPermissions.grant', value: [permission] }) as const
const missing = (permission: string) =>
  ({ setting: 'im.workingDirectoryPermissions.deny', value: [permission] }) as const

/** The permission matrix of the service account, line by line, and what no line allows. */
export const workingDirectoryPermissions: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/working-directory/working-directory-is-read-and-listed',
    title: 'The service account reads the working directory and lists what is in it',
    requirement: requirement.workingDirectory,
    on: onServer,
    brokenBy: missing('working-directory/read'),
    async run({ im, ...tools }) {
      const { expect } = tools
      const { that } = await checked((input) => im.call('working-directory', input), ['working-directory'], tools)
      const allowed = that('allowed')
      for (const access of ['list', 'read']) expect(allowed, 'what is allowed').toContain(access)
    },
  }),
  scenario({
    id: 'identity-manager/working-directory/working-directory-is-not-changed',
    title: 'The service account neither adds to the working directory nor changes or removes what is in it',
    requirement: requirement.otherPermissions,
    on: onServer,
    brokenBy: granted('working-directory/create'),
    async run({ im, ...tools }) {
      const { expect } = tools
      const { that } = await checked((input) => im.call('working-directory', input), ['working-directory'], tools)
      expect(that('denied').sort(), 'what is denied').toEqual([
        'change-permissions',
        'create',
        'delete',
        'execute',
        'rename',
        'write',
      ])
    },
  }),
  scenario({
    id: 'identity-manager/working-directory/agent-executable-runs',
    title: 'The service account reads and lists Runtime, and runs the agent executable in it',
    requirement: requirement.runtime,
    on: onServer,
    brokenBy: missing('runtime/execute'),
    async run({ im, ...tools }) {
      const { expect } = tools
      const { that } = await checked((input) => im.call('working-directory', input), ['runtime'], tools)
      const allowed = that('allowed')
      for (const access of ['list', 'read', 'execute']) expect(allowed, 'what is allowed').toContain(access)
    },
  }),
  scenario({
    id: 'identity-manager/working-directory/runtime-is-not-changed',
    title: 'The service account cannot put another program in the place of the product’s',
    requirement: requirement.otherPermissions,
    on: onServer,
    brokenBy: granted('runtime/write'),
    async run({ im, ...tools }) {
      const { expect } = tools
      const { that } = await checked((input) => im.call('working-directory', input), ['runtime'], tools)
      expect(that('denied').sort(), 'what is denied').toEqual([
        'change-permissions',
        'create',
        'delete',
        'rename',
        'write',
      ])
    },
  }),
  scenario({
    id: 'identity-manager/working-directory/provisioning-orders-are-read-and-listed',
    title: 'The service account lists the provisioning orders and reads them',
    requirement: requirement.provisioningOrders,
    on: onServer,
    brokenBy: missing('provisioning-orders/list'),
    async run({ im, ...tools }) {
      const { expect } = tools
      const { that } = await checked((input) => im.call('working-directory', input), ['provisioning-orders'], tools)
      const allowed = that('allowed')
      for (const access of ['list', 'read']) expect(allowed, 'what is allowed').toContain(access)
    },
  }),
  scenario({
    id: 'identity-manager/working-directory/provisioning-orders-are-not-changed',
    title: 'The service account neither forges nor removes provisioning orders',
    requirement: requirement.otherPermissions,
    on: onServer,
    brokenBy: granted('provisioning-orders/delete'),
    async run({ im, ...tools }) {
      const { expect } = tools
      const { that } = await checked((input) => im.call('working-directory', input), ['provisioning-orders'], tools)
      expect(that('denied').sort(), 'what is denied').toEqual([
        'change-permissions',
        'create',
        'delete',
        'execute',
        'rename',
        'write',
      ])
    },
  }),
  scenario({
    id: 'identity-manager/working-directory/data-collection-is-written',
    title: 'The service account reads, lists and writes the directory for data collection',
    requirement: requirement.dataCollection,
    on: onServer,
    brokenBy: missing('data-collection/create'),
    async run({ im, ...tools }) {
      const { expect } = tools
      const { that } = await checked((input) => im.call('working-directory', input), ['data-collection'], tools)
      const allowed = that('allowed')
      for (const access of ['list', 'read', 'create', 'write']) expect(allowed, 'what is allowed').toContain(access)
    },
  }),
  scenario({
    id: 'identity-manager/working-directory/data-collection-is-not-deleted',
    title: 'Write is not Delete: what others have collected stays',
    requirement: requirement.otherPermissions,
    on: onServer,
    brokenBy: granted('data-collection/delete'),
    async run({ im, ...tools }) {
      const { expect } = tools
      const { that } = await checked((input) => im.call('working-directory', input), ['data-collection'], tools)
      expect(that('denied').sort(), 'what is denied').toEqual(['change-permissions', 'delete', 'execute', 'rename'])
    },
  }),
  scenario({
    id: 'identity-manager/working-directory/other-folders-are-closed',
    title: 'The service account can do nothing in Temp and in the folders of Work that the matrix does not name',
    requirement: requirement.otherPermissions,
    on: onServer,
    brokenBy: granted('other/read'),
    async run({ im, ...tools }) {
      const { expect } = tools
      const { that } = await checked((input) => im.call('working-directory', input), ['other'], tools)
      expect(that('allowed'), 'what is allowed').toEqual([])
      for (const path of ['Temp', 'Work', 'Work/Synchronization', 'Work/Upload']) {
        expect(that('denied', path).length, `what is denied in ${path}`).toEqual(8)
      }
    },
  }),
  scenario({
    id: 'identity-manager/working-directory/files-of-other-accounts-are-closed',
    title: 'The service account can do nothing with files of another account, even where it may write',
    requirement: requirement.otherPermissions,
    on: onServer,
    brokenBy: granted('other/write'),
    async run({ im, ...tools }) {
      const { expect } = tools
      const { ofAnotherAccount } = await checked((input) => im.call('working-directory', input), ['other'], tools)
      expect(ofAnotherAccount.length, 'accesses tried').toEqual(6)
      const allowed = ofAnotherAccount.filter(({ happened }) => happened !== 'denied').map(({ access }) => access)
      expect(allowed, 'what is allowed').toEqual([])
    },
  }),
  scenario({
    id: 'identity-manager/working-directory/matrix-holds-as-a-whole',
    title: 'Every access of the permission matrix ends as the requirement says',
    requirement: requirement.otherPermissions,
    on: onServer,
    brokenBy: missing('data-collection/write'),
    async run({ im, ...tools }) {
      const { expect } = tools
      const rows = ['working-directory', 'runtime', 'provisioning-orders', 'data-collection', 'other'] as const
      const { violations } = await checked((input) => im.call('working-directory', input), rows, tools)
      expect(violations, 'differences').toEqual([])
    },
  }),
]
