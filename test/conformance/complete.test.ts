import { expect, test } from 'vitest'
import { tlsVersions } from '../../harness/host/server-tls.ts'
import { cutEnds, rejections, rootNames, wrongAnswers } from '../../harness/landscape/fault.ts'
import { faultHelp } from '../../harness/landscape/index.ts'
import { icmpFaults, nameFaults, networkFaults } from './network-faults.ts'
import { spokenTls } from './spoken-tls.ts'

const all = [...networkFaults, ...nameFaults, ...icmpFaults]
const kindOf = (fault: string) => fault.split(',')[0] ?? ''
const valuesOf = (fault: string, field: string) =>
  all.filter((one) => kindOf(one) === fault).flatMap((one) => new RegExp(`,${field}=([^,]+)`).exec(one)?.[1] ?? [])

/** Known at the start of a component alone: what these do is compared where components are started again. */
const AT_START = ['setting', 'stop']

test('both engines are compared under every fault that can be written', () => {
  const pretended = ['none', 'closed']
  const compared = new Set(all.map(kindOf))
  expect(faultHelp.map(({ fault }) => fault).filter((fault) => !compared.has(fault))).toEqual(AT_START)
  expect([...compared].filter((fault) => faultHelp.every((known) => known.fault !== fault))).toEqual(pretended)
})

test('and with servers of every version of TLS', () => {
  expect(spokenTls.flatMap(({ version }) => version ?? [])).toEqual(tlsVersions)
})

test.each([
  ['reject', 'with', rejections],
  ['cut', 'with', cutEnds],
  ['distrust', 'root', rootNames],
  ['dns-answer', 'answer', wrongAnswers],
])('and under every one of %s’s choices of %s', (fault, field, choices) => {
  expect(valuesOf(fault, field).sort()).toEqual([...choices].sort())
})
