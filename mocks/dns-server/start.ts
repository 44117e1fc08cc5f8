import { HarnessError } from '../../harness/context/error.ts'
import type { ComponentStart, RunningComponent } from '../../harness/host/component.ts'
import type { dnsServerActions } from './actions.ts'
import { AnswerFaults } from './faults.ts'
import { NameService } from './name-service.ts'
import { responder } from './responder.ts'
import type { dnsServerSettings } from './settings.ts'
import { tcpPort } from './tcp-port.ts'
import { OrganisationZone } from './zone/organisation-zone.ts'

type Start = ComponentStart<typeof dnsServerSettings, Record<never, never>>
type Input = Start['settings']['records'][number]

/** Starts the organisation's DNS server on UDP and TCP. */
export async function startDnsServer({ host, settings }: Start): Promise<RunningComponent<typeof dnsServerActions>> {
  const { ttlSeconds, maxUdpBytes } = settings
  const origin = (settings.zone ?? host.domain).toLowerCase().replace(/\.$/, '')
  const zone = new OrganisationZone({ origin, ttlSeconds, hosts: host.zone.hosts, nameServers: [host.fqdn] })
  const faults = new AnswerFaults()
  const service = new NameService(host.zone, { zone, domain: host.domain, faults, ttlSeconds })
  const add = (input: Input) => {
    if (input.type === 'A' && !service.leadsSomewhere(input.data.toLowerCase())) {
      throw new HarnessError('usage', `${input.name}: there is no host "${input.data}"; give an IPv4 address or a host`)
    }
    const record = zone.add(input)
    if ('refused' in record) throw new HarnessError('usage', `${input.name}: ${record.refused}`)
    return { serial: zone.serial, record }
  }
  const set = (input: Input) => {
    zone.remove(input.name)
    return add(input)
  }
  for (const name of new Set(settings.records.map((record) => record.name))) zone.remove(name)
  for (const record of settings.records) add(record)

  const respond = responder(host, service, maxUdpBytes)
  const tcp = tcpPort(host, respond, { maxConnections: settings.maxTcpConnections, idleMs: settings.tcpIdleMs })
  await using starting = new AsyncDisposableStack()
  starting.use(
    await host.listenUdp('udp', ({ bytes, caller, reply }) => {
      const answer = respond(bytes, caller, 'udp')
      if (answer) reply(answer)
    }),
  )
  starting.use(await host.listen('tcp', tcp))
  const owned = starting.move()

  const ordered = () => ({ wrong: [...faults.list()] })
  const nameOf = (name: string | undefined) => (name === undefined ? undefined : zone.fullName(name))
  return {
    actions: {
      'add-record': add,
      'set-record': set,
      'remove-record': ({ name, type }) => {
        const removed = zone.remove(name, type)
        return { removed, serial: zone.serial }
      },
      records: ({ name }) => ({
        zone: origin,
        serial: zone.serial,
        records: [...(name === undefined ? zone.records : (zone.at(zone.fullName(name)) ?? []))],
      }),
      'answer-wrongly': (order) => {
        if (order.how === 'address' && !service.leadsSomewhere(order.data ?? '')) {
          throw new HarnessError('usage', `there is no host "${order.data}"; give an IPv4 address or a host`)
        }
        faults.put(nameOf(order.name), order)
        return ordered()
      },
      'answer-rightly': ({ name, order }) => {
        faults.end(nameOf(name), order)
        return ordered()
      },
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
