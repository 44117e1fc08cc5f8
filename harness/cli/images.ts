import { HarnessError } from '../context/error.ts'
import type { FoundImage } from '../engines/docker/images/door.ts'
import type { Command } from './commander.ts'
import { table } from './table.ts'
import { type Cli, examples, printJson } from './verb.ts'

interface ImagesFlags {
  readonly offline?: boolean
  readonly old?: boolean
  readonly json?: boolean
}

export function define(command: Command, cli: Cli): void {
  command
    .argument('<what>', 'build, list or remove')
    .option('--offline', 'for build: out of this machine’s Debian packages and Node, without a registry')
    .option('--old', 'for remove: all but the newest five, unused for two hours')
    .option('--json', 'for list: print JSON')
    .action((what: string, flags: ImagesFlags) => images(cli, what, flags))
  examples(command, [
    ['landscape images build', 'what hosts in containers run, on the official Node image'],
    ['landscape images build --offline', 'the same where no registry can be reached'],
    ['landscape images list', 'which of them are there, and what is in them'],
    ['landscape images remove', 'gives their room back'],
  ])
}

async function images(cli: Cli, what: string, flags: ImagesFlags): Promise<void> {
  const { output } = cli
  const { dockerImages } = await import('../engines/docker/images/door.ts')
  switch (what) {
    case 'build': {
      const options = { signal: cli.interrupted, progress: (line: string) => void output.write(`${line}\n`) }
      const image = await dockerImages.build({ offline: flags.offline === true }, options)
      return output.write(`hosts run ${image.name}\n`)
    }
    case 'list': {
      const found = await dockerImages.list()
      if (flags.json) return printJson(output, found)
      return output.write(imageTable(found, output.live ? output.columns() : undefined))
    }
    case 'remove': {
      const { removed, held } = await dockerImages.remove({ old: flags.old === true })
      for (const name of removed) output.write(`${name} is removed\n`)
      for (const name of held) output.write(`${name} stays: a container has it\n`)
      if (removed.length + held.length === 0) output.write('there is nothing to remove\n')
      return
    }
    default:
      throw new HarnessError('usage', `images knows build, list and remove, not "${what}"`)
  }
}

/** What is in a base is in all that stands on it, and said once. */
function imageTable(found: readonly FoundImage[], columns: number | undefined): string {
  const rows = found.map(({ name, inUse, containers, usedAt, megabytes, versions }) => {
    const parts = Object.entries(versions).map(([part, version]) => `${part} ${version}`)
    const inIt = name.includes('/base:') ? parts.join(', ') : ''
    const used = `${usedAt.slice(0, 16).replace('T', ' ')} UTC`
    return [name, inUse ? 'yes' : 'no', String(containers), used, `${megabytes} MB`, inIt]
  })
  return table(['image', 'this version', 'containers', 'last used', 'size', 'in it'], rows, columns)
}
