import type { ComponentHost, Datagram } from '../../../harness/host/component-host.ts'
import { productVersion } from '../tds/tokens/login-ack.ts'
import { type AdvertisedInstance, decodeSsrpRequest, encodeSsrpResponse, type SsrpRequest } from './ssrp.ts'

/** What the registry of a host says of one of its instances. */
export interface RegisteredInstance {
  readonly name: string
  readonly port: number | undefined
  readonly hidden: boolean
  readonly running: boolean
}

/** The SQL Server Browser of a host, on UDP 1434: one service for all instances, as on Windows. */
export class SqlBrowser implements AsyncDisposable {
  readonly #host: ComponentHost
  readonly #instances: () => readonly RegisteredInstance[]
  #listening: AsyncDisposable | undefined

  constructor(host: ComponentHost, instances: () => readonly RegisteredInstance[]) {
    this.#host = host
    this.#instances = instances
  }

  get running(): boolean {
    return this.#listening !== undefined
  }

  async start(): Promise<void> {
    this.#listening ??= await this.#host.listenUdp('browser', (datagram) => this.#onDatagram(datagram))
  }

  /** From now on the kernel refuses: ICMP port unreachable. */
  async stop(): Promise<void> {
    const listening = this.#listening
    this.#listening = undefined
    await listening?.[Symbol.asyncDispose]()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #onDatagram({ bytes, caller, reply }: Datagram): void {
    const request = decodeSsrpRequest(bytes)
    if (!request) {
      this.#host.journal('browser-ignored', { client: caller.address, bytes: bytes.length })
      return
    }
    const told = this.#answerTo(request)
    const instance = 'instance' in request ? request.instance : ''
    const names = told.map(({ instanceName }) => instanceName)
    this.#host.journal('browser-asked', { client: caller.address, request: request.type, instance, told: names })
    if (told.length > 0) reply(encodeSsrpResponse(told))
  }

  /** An instance that is hidden, stopped or unknown gets no answer at all, so that the client waits. */
  #answerTo(request: SsrpRequest): readonly AdvertisedInstance[] {
    const shown = this.#instances().filter(({ hidden, running }) => running && !hidden)
    switch (request.type) {
      case 'broadcast':
      case 'all':
        return shown.map((instance) => this.#advertised(instance))
      case 'instance': {
        const asked = request.instance.toUpperCase()
        return shown.filter(({ name }) => name === asked).map((instance) => this.#advertised(instance))
      }
      case 'dac':
        // Remote admin connections are off, which is the product's default: the port is nobody's business.
        return []
    }
  }

  #advertised({ name, port }: RegisteredInstance): AdvertisedInstance {
    return {
      serverName: this.#host.name.toUpperCase(),
      instanceName: name,
      version: productVersion.text,
      ...(port === undefined ? {} : { tcpPort: port }),
    }
  }
}
