import type { Command } from './commander.ts'
import { type Cli, examples, printJson } from './verb.ts'

export function define(command: Command, cli: Cli): void {
  command.option('--json', 'what it prints is JSON anyway').action(() => schema(cli))
  examples(command, [
    ['landscape schema > landscape.schema.json', ''],
    ['# yaml-language-server: $schema=landscape.schema.json', 'line 1 of a file, for editors'],
  ])
}

async function schema(cli: Cli): Promise<void> {
  const { standard } = await import('../standard.ts')
  const { jsonSchema } = await import('../landscape/index.ts')
  printJson(cli.output, jsonSchema(standard.kindDescriptions()))
}
