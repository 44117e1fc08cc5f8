import { expect, test } from 'vitest'
import { loadLandscape, scenarios } from '../../harness/standard.ts'
import { requirement as identityManager } from '../../scenarios/identity-manager/requirement.ts'
import { requirement } from '../../scenarios/password-secure/requirement.ts'

const all = await scenarios()

test('every line of the requirement is proven by a scenario', () => {
  const proven = new Set(all.map((scenario) => scenario.requirement))
  // Who shows data to people is the client's layer; the scenarios of its ports and logins are what can be proven of it.
  const described: readonly string[] = [requirement.clientLayer]
  expect(Object.values(requirement).filter((line) => !proven.has(line) && !described.includes(line))).toEqual([])
})

test('every line of the Identity Manager requirement is proven by a scenario', () => {
  const proven = new Set(all.map((scenario) => scenario.requirement))
  expect(Object.values(identityManager).filter((line) => !proven.has(line))).toEqual([])
})

test('scenario ids are unique and say where they belong', () => {
  const ids = all.map(({ id }) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  expect(ids.filter((id) => !/^[a-z0-9-]+(\/[a-z0-9-]+){2}$/.test(id))).toEqual([])
})

test('every documented flow is named by a scenario at one of its ends', async () => {
  const lines = new Set<string>(Object.values(requirement))
  const { flows } = await loadLandscape('load-balanced')
  const named = flows.flatMap(({ sources }) =>
    sources.flatMap((source) => (source.type === 'requirement' ? [source] : [])),
  )
  const missing = named
    .map(({ document, line }) => `${document} › Firewall rules / Ports › ${line}`)
    .filter((line) => !lines.has(line))
  expect([...new Set(missing)]).toEqual([])
})
