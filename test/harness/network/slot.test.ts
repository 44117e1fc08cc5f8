import { expect, test } from 'vitest'
import { createPairTable } from '../../../harness/network/pair-table.ts'
import { claimSlot } from '../../../harness/network/slot.ts'
import { openThings } from './leaks.ts'

test('slots side by side never share a net, and give it back', async () => {
  const before = await openThings()
  {
    await using first = await claimSlot({ preferred: 200 })
    await using second = await claimSlot({ preferred: 200 })
    expect(second.first).not.toBe(first.first)
    expect([first.next(), first.next()]).toEqual([`${first.first}.0.1`, `${first.first}.0.2`])
  }
  await using again = await claimSlot({ preferred: 200 })
  expect(again.first).toBe('127.200')
  await again[Symbol.asyncDispose]()
  expect(await openThings()).toEqual(before)
})

test('a slot that is full goes on in another', async () => {
  await using slot = await claimSlot({ preferred: 248 })
  await slot.reserve(140_000)
  const addresses = new Set(Array.from({ length: 140_000 }, () => slot.next()))
  expect(addresses.size).toBe(140_000)
  expect(new Set(Array.from(addresses, (address) => address.split('.')[1])).size).toBe(3)
  expect([...addresses].some((address) => /\.(0|255)$/.test(address) || address.includes('.255.'))).toBe(false)
})

test('a pair has one address, and the address tells the pair', () => {
  let last = 0
  const table = createPairTable({ next: () => `127.64.0.${++last}` })
  expect(table.addressFor('app1', 'sql1')).toBe('127.64.0.1')
  expect(table.addressFor('sql1', 'app1')).toBe('127.64.0.2')
  expect(table.addressFor('app1', 'sql1')).toBe('127.64.0.1')
  expect(table.pairAt('127.64.0.2')).toEqual({ from: 'sql1', to: 'app1', address: '127.64.0.2' })
  expect(table.pairAt('127.64.0.3')).toBeUndefined()
  expect(table.size).toBe(2)
  expect([...table.all()].map(({ from }) => from)).toEqual(['app1', 'sql1'])
})
