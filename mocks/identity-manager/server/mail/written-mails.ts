import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../../../../harness/context/error.ts'
import type { WrittenMail } from './mail-actions.ts'

const MAX_MAILS = 100
const MAX_BYTES = 1_048_576

/** Reads a pickup directory as whoever empties one does. A folder that nobody has written to is empty. */
export async function writtenMails(folder: string): Promise<readonly WrittenMail[]> {
  const files = (await filesIn(folder)).filter((name) => name.endsWith('.eml')).sort()
  return Promise.all(files.slice(0, MAX_MAILS).map((name) => writtenMail(folder, name)))
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

async function writtenMail(folder: string, file: string): Promise<WrittenMail> {
  const path = join(folder, file)
  const { size } = await stat(path)
  if (size > MAX_BYTES) return { file, sender: '', receivers: [], from: '', to: [], subject: '', text: '' }
  const { default: PostalMime } = await import('postal-mime')
  const mail = await PostalMime.parse(await readFile(path))
  const fields = (name: string) => mail.headers.filter(({ key }) => key === name).map(({ value }) => value)
  return {
    file,
    sender: fields('x-sender')[0] ?? '',
    receivers: fields('x-receiver'),
    from: mail.from?.address ?? '',
    to: (mail.to ?? []).flatMap(({ address }) => (address === undefined ? [] : [address])),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
  }
}
