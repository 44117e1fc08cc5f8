import { HarnessError } from '../context/error.ts'
import type { Command } from './commander.ts'
import { table } from './table.ts'
import { type Cli, examples, printJson } from './verb.ts'

interface ImagesFlags {
  readonly offline?: boolean
  readonly json?: boolean
}

export function define(command: Command, cli: Cli): void {
  command
    .argument('<what>', 'build, list or remove')
    .option('--offline', 'for build: out of this machine’s Debian packages and Node, without a registry')
    .option('--json', 'for list: print JSON')
    .action((what: string, flags: ImagesFlags) => images(cli, what, flags))
  examples(command, [
    ['landscape images build --offline', 'what hosts in containers are made of; once for each version'],
    ['landscape images list', 'which of them are there, and what is in them'],
    ['landscape images remove', 'gives their room back'],
  ])
}

async function images(cli: Cli, what: string, flags: ImagesFlags): Promise<void> {
  const { output } = cli
  const { dockerImages } = await import('../engines/docker/images/door.ts')
  switch (what) {
    case 'build': {
      if (!flags.offline) {
        const reason = 'images are made of what the machine has: say --offline (Debian, root, debootstrap)'
        throw new HarnessError('usage', reason)
      }
      const image = await dockerImages.build({ signal: cli.interrupted, progress: (line) => output.write(`${line}\n`) })
      return output.write(`hosts run ${image.name}\n`)
    }
    case 'list': {
      const found = await dockerImages.list()
      if (flags.json) return printJson(output, found)
      const rows = found.map(({ name, inUse, megabytes, versions }) => {
        const texts = Object.entries(versions).map(([part, version]) => `${part} ${version}`)
        return [name, inUse ? 'yes' : 'no', `${megabytes} MB`, texts.join(', ')]
      })
      return output.write(
        table(['image', 'this version', 'size', 'in it'], rows, output.live ? output.columns() : undefined),
      )
    }
    case 'remove': {
      for (const name of await dockerImages.remove()) output.write(`${name} is removed\n`)
      return
    }
    default:
      throw new HarnessError('usage', `images knows build, list and remove, not "${what}"`)
  }
}
