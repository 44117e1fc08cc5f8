import { messageOf } from '../../harness/context/error.ts'
import { hostImage } from '../../harness/engines/docker/images/door.ts'
import { dockerEngineClient } from '../../harness/engines/docker/runtime-client.ts'
import { loadLandscape, startLandscape } from '../../harness/standard.ts'
import { missing } from '../support/programs.ts'
import type { Bench } from './bench.ts'
import { plainContainers } from './plain-containers.ts'
import { inTurn, median, ratio } from './statistics.ts'

const ROUNDS = 5
const CHANGES = 20
const LANDSCAPE = 'password-secure'
const signal = new AbortController().signal

/** Containers that are started and removed, with both times. */
interface Round {
  readonly startMs: number
  readonly endMs: number
}

/** A landscape in containers, beside as many plain `docker run` of its image. */
export const containers: Bench = {
  name: 'containers',
  title: `${LANDSCAPE} in containers, beside plain docker run of the same image`,
  missing: async () => missing('docker')?.trim() ?? (await whyNoContainers()),
  async run() {
    const image = await hostImage(await dockerEngineClient(), { signal, progress: () => {} })
    const changes: number[] = []
    const ends = { landscape: [] as number[], plain: [] as number[] }
    const hosts = (await loadLandscape(LANDSCAPE)).hosts
    const landscape = async (): Promise<Round> => {
      const lab = await timed(() => startLandscape(LANDSCAPE, { engine: 'docker' }))
      for (let change = 0; change < CHANGES; change++) {
        const { value, ms } = await timed(() => lab.value.inject('drop:from=client1,to=app1,port=11011'))
        changes.push(ms, (await timed(() => lab.value.clear(value.id))).ms)
      }
      return { startMs: lab.ms, endMs: (await timed(async () => lab.value[Symbol.asyncDispose]())).ms }
    }
    const plain = async (): Promise<Round> => {
      const started = await timed(() => plainContainers(image, hosts))
      return { startMs: started.ms, endMs: (await timed(() => started.value.remove())).ms }
    }
    const measured = (name: keyof typeof ends, round: () => Promise<Round>) => async () => {
      const { startMs, endMs } = await round()
      ends[name].push(endMs)
      return startMs
    }
    const starts = await inTurn(ROUNDS, {
      landscape: measured('landscape', landscape),
      plain: measured('plain', plain),
    })
    const cuts = await siteCuts()
    // The first round warms up.
    const [endOurs, endPlain] = [ends.landscape.slice(1), ends.plain.slice(1)]
    const required = { atMost: 1.3 }
    return [
      { name: `docker run × ${hosts.length}: every line printed`, value: median(starts.plain), unit: 'ms' },
      { name: 'landscape: ready', value: median(starts.landscape), unit: 'ms' },
      { name: 'ready / docker run', value: ratio(starts.landscape, starts.plain), unit: '×', required },
      { name: `docker rm --force × ${hosts.length}`, value: median(endPlain), unit: 'ms' },
      { name: 'landscape: all removed', value: median(endOurs), unit: 'ms' },
      { name: 'removed / docker rm', value: ratio(endOurs, endPlain), unit: '×', required },
      { name: 'a change of the firewall', value: median(changes), unit: 'ms', required: { atMost: 100 } },
      { name: 'a site of three hosts cut off, or healed', value: median(cuts), unit: 'ms', required: { atMost: 100 } },
    ]
  },
}

/** How long it takes to cut a site off, and to heal it: rules change on every host. */
async function siteCuts(): Promise<readonly number[]> {
  const branch = { site: 'branch' }
  await using lab = await startLandscape(
    {
      landscape: 'site-cut',
      sites: { centre: {}, branch: {} },
      hosts: { app1: { site: 'centre' }, pc1: branch, pc2: branch, pc3: branch },
    },
    { engine: 'docker' },
  )
  const times: number[] = []
  for (let change = 0; change < CHANGES; change++) {
    const { value, ms } = await timed(() => lab.inject('cut-site:site=branch'))
    times.push(ms, (await timed(() => lab.clear(value.id))).ms)
  }
  return times
}

async function whyNoContainers(): Promise<string | undefined> {
  try {
    await hostImage(await dockerEngineClient(), { signal, progress: () => {} })
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const started = performance.now()
  const value = await work()
  return { value, ms: performance.now() - started }
}
