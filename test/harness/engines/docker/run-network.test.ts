import { expect, test } from 'vitest'
import { seededRandom } from '../../../../harness/context/random.ts'
import { makeRunNetwork } from '../../../../harness/engines/docker/run-network.ts'
import type { Dockerode } from '../../../../harness/engines/docker/runtime-client.ts'

interface Asked {
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] }
}

/** An engine of which only the making of networks is asked. */
function engine(answer: (subnet: string) => void): Dockerode {
  const createNetwork = async ({ IPAM }: Asked) => answer(IPAM?.Config?.[0]?.Subnet ?? '')
  return { createNetwork } as unknown as Dockerode
}

const wish = (hosts: number) => ({
  name: 'run',
  labels: {},
  hosts: Array.from({ length: hosts }, (_, index) => `host${index}`),
  random: seededRandom(1),
  signal: new AbortController().signal,
})

test('goes on to the next block when another network has the first', async () => {
  const asked: string[] = []
  const network = await makeRunNetwork(
    engine((subnet) => {
      asked.push(subnet)
      if (asked.length < 3) throw new Error('Pool overlaps with other one on this address space')
    }),
    wish(2),
  )
  expect(new Set(asked).size).toBe(3)
  expect(network.subnet).toBe(asked[2])
  const [first = ''] = network.subnet.split('/')
  expect(network.subnet).toMatch(/^198\.1[89]\.\d+\.0\/24$/)
  expect(network.gateway).toBe(first.replace(/\.0$/, '.1'))
  expect(network.addresses).toEqual({ host0: first.replace(/\.0$/, '.2'), host1: first.replace(/\.0$/, '.3') })
})

test('takes a block that holds every host', async () => {
  const network = await makeRunNetwork(
    engine(() => {}),
    wish(1000),
  )
  expect(network.subnet).toMatch(/\/22$/)
  expect(new Set(Object.values(network.addresses)).size).toBe(1000)
})

test('another refusal of the engine is an error at once', async () => {
  const refusal = makeRunNetwork(
    engine(() => {
      throw new Error('could not create the bridge')
    }),
    wish(2),
  )
  await expect(refusal).rejects.toMatchObject({ code: 'start-failed', message: expect.stringContaining('the bridge') })
})
