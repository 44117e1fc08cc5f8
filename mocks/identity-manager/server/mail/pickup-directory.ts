import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ComposedMail } from '../../../../harness/clients/index.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { hostPath } from '../../working-directory/windows-path.ts'
import type { MailSettings } from './settings.ts'

/** The pickup directory of these settings, in the vendor's words: the setting of its own, or a path given as `Host`. */
export function pickupDirectory(settings: MailSettings): string | undefined {
  if (settings.UseSpecifiedPickupDirectory) return settings.PickupDirectory ?? ''
  return settings.Host !== undefined && /[\\/]/.test(settings.Host) ? settings.Host : undefined
}

/**
 * Writes a mail as a file named by a GUID. The envelope goes before the header fields, as IIS's SMTP service reads it from a
 * pickup directory and .NET writes it there: who is in BCC stands nowhere else.
 */
export async function writeToPickupDirectory(
  host: ComponentHost,
  directory: string,
  { envelope, message }: ComposedMail,
): Promise<string> {
  const folder = hostPath(host, directory)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const name = `${randomUUID()}.eml`
  const receivers = envelope.to.map((address) => `X-Receiver: ${address}\r\n`).join('')
  const file = Buffer.concat([Buffer.from(`X-Sender: ${envelope.from}\r\n${receivers}`), message])
  await writeFile(join(folder, name), file, { flag: 'wx', mode: 0o640 })
  return name
}
