import { startLandscape } from '../../harness/standard.ts'

const spec = {
  landscape: 'branch-office',
  patienceMs: 1_000,
  sites: { paris: {}, lyon: {} },
  hosts: {
    sql1: { site: 'paris', runs: { 'sql-server': {} } },
    app1: { site: 'paris', runs: { 'password-secure/app-server': {} } },
    license1: { site: 'paris', aliases: ['license.passwordsafe.de'], runs: { 'password-secure/license-server': {} } },
    paris1: { site: 'paris', runs: { 'password-secure/client': {} } },
    lyon1: { site: 'lyon', runs: { 'password-secure/client': {} } },
  },
} as const

const CLIENT = 'password-secure/client'

/** What a client in a branch office sees of its open connections while the branch is cut off, and when it is healed. */
export async function siteCut(engine: 'embedded' | 'docker') {
  await using lab = await startLandscape(spec, { engine, live: true })
  const ask = (host: string, action: string, input = {}) => lab.host(host).call(CLIENT, action, input)
  const updates = async () => {
    const { complete, updates } = (await ask('lyon1', 'updates', { waitFor: 1 })) as {
      complete: boolean
      updates: { type: string; name: string; by: string }[]
    }
    return { complete, updates: updates.map(({ type, name, by }) => ({ type, name, by })) }
  }
  const standing = async () => {
    const { connected, realTime } = (await ask('lyon1', 'connection')) as { connected: boolean; realTime: boolean }
    return { connected, realTime }
  }
  const outcome = async (action: string, input = {}) => ((await ask('lyon1', action, input)) as { ok: boolean }).ok

  await ask('lyon1', 'login', { user: 'bob', password: 'Bob-2026!' })
  await ask('lyon1', 'connect-real-time')
  await ask('paris1', 'login', { user: 'alice', password: 'Alice-2026!' })
  const { id } = await lab.inject('cut-site:site=lyon')
  const changed = (await ask('paris1', 'change-secret', { name: 'Intranet', password: 'Intra-Net-77' })) as {
    ok: boolean
  }
  const { error, ended } = await lab.host('lyon1').probe('tcp', { host: 'app1', port: 11_018 })
  const cutOff = { changed: changed.ok, new: [ended, error?.code], told: await updates(), open: await standing() }
  await lab.clear(id)
  // The kernel sends again what was lost when its own timer says so.
  let told = await updates()
  while (!told.complete) told = await updates()
  return { cutOff, healed: { told, open: await standing(), listed: await outcome('list-secrets') } }
}
