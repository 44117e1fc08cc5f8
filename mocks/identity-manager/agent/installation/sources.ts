import { writeFile } from 'node:fs/promises'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { hostPath } from '../../working-directory/windows-path.ts'

/** What managed systems have put on the host: path → content. */
export async function writeSources(host: ComponentHost, sources: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(sources)) {
    await writeFile(hostPath(host, path), content, { mode: 0o600 })
  }
}
