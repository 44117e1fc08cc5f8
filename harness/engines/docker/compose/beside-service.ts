import { randomBytes } from 'node:crypto'
import { HarnessError } from '../../../context/error.ts'
import type { JsonObject } from '../../../context/json.ts'
import type { WantedImage } from '../../../host/beside.ts'
import type { AnyComponentKind } from '../../../host/component.ts'
import { type Landscape, staysDown } from '../../../landscape/landscape.ts'
import type { HostImage } from '../images/build.ts'
import { isOwnImage } from '../images/image-name.ts'
import { besideService, filesService, inContainer } from './prepared.ts'

/** A vendor's program beside a host, as a service of its own. */
export interface Beside {
  readonly host: string
  readonly service: string
  readonly wanted: WantedImage
  /** Of its administrator, until the host has prepared it. */
  readonly firstPassword: string
}

/** Vendors' programs that a landscape wants beside its hosts. Fails with `usage` where a host is called as a service of one. */
export function besidesOf(landscape: Landscape, kinds: ReadonlyMap<string, AnyComponentKind>): readonly Beside[] {
  const besides = landscape.hosts.flatMap(({ name: host, components }) =>
    components
      .filter((component) => !staysDown(landscape, component))
      .flatMap(({ kind, settings }) =>
        // The settings were parsed by this kind's own schema when the landscape was resolved.
        (kinds.get(kind)?.images?.(settings as never) ?? []).map((wanted) => ({
          ...{ host, wanted, service: besideService(host, wanted.beside.program) },
          // Of every class of characters that a policy may ask for.
          firstPassword: `Aa1!${randomBytes(18).toString('base64url')}`,
        })),
      ),
  )
  for (const { host, service } of besides) {
    const taken = landscape.hosts.find(({ name }) => name === service || name === filesService(service))
    if (taken) {
      const text = `the host ${taken.name} is called as a service that ${host} needs beside it: give it another name`
      throw new HarnessError('usage', text)
    }
  }
  return besides
}

/**
 * The services of a vendor's program: itself, in its host's network, and one of ours that ends when the host has put the files
 * there that the program reads at its start.
 */
export function besideServices(one: Beside, image: HostImage, exchange: string): JsonObject {
  const { host, service, wanted } = one
  const { beside, licence } = wanted
  const files = filesService(service)
  return {
    [files]: {
      image: image.name,
      ...(isOwnImage(image.name) ? { pull_policy: 'never' } : {}),
      entrypoint: ['node', image.entry],
      command: [host, beside.program],
      network_mode: 'none',
      volumes: [`${exchange}:${inContainer.exchange}`],
      depends_on: { [host]: { condition: 'service_started' } },
    },
    [service]: {
      image: wanted.name,
      network_mode: `service:${host}`,
      environment: {
        ...Object.fromEntries(
          Object.entries(beside.environment).map(([name, value]) => [
            name,
            beside.fromMachine.includes(name) ? `\${${name}:-${plain(value)}}` : plain(value),
          ]),
        ),
        ...(licence ? { [licence.variable]: licence.accepted ? 'Y' : `\${${licence.variable}:-N}` } : {}),
      },
      env_file: [`./${passwordFile(one)}`],
      volumes: [`${service}:${beside.dataFolder}`],
      depends_on: {
        [host]: { condition: 'service_started' },
        [files]: { condition: 'service_completed_successfully' },
      },
    },
  }
}

/** Where the program's first password is, below the folder of the Compose file. */
export const passwordFile = ({ service }: Beside): string => `secrets/${service}.env`

export const passwordText = ({ wanted, firstPassword }: Beside): string =>
  `${wanted.passwordVariable}=${firstPassword}\n`

/** Compose takes `$` for the beginning of a variable. */
const plain = (value: string): string => value.replaceAll('$', '$$$$')
