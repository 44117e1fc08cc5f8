import { mkdir, writeFile } from 'node:fs/promises'
import type { ServerStart } from '../references.ts'
import { appsettingsFile } from './appsettings-file.ts'

/** What the installation leaves on the host: all that the product then reads. */
export interface Installation {
  readonly runtime: string
}

/** What the administrator does before the first start. Repeated at each start, as after a repair of the installation. */
export async function install(start: ServerStart): Promise<Installation> {
  const { host, settings } = start
  const runtime = host.files.path(settings.workingDirectory, 'Runtime')
  await mkdir(runtime, { recursive: true, mode: 0o700 })
  const write = (name: string, text: string) =>
    writeFile(host.files.path(settings.workingDirectory, 'Runtime', name), text, { mode: 0o600 })
  await write('appsettings.json', appsettingsFile(start))
  if (settings.environmentAppsettings) {
    const text = `${JSON.stringify(settings.environmentAppsettings, undefined, 2)}\n`
    await write(`appsettings.${settings.environmentName}.json`, text)
  }
  return { runtime }
}
