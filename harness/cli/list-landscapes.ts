import { readFileSync } from 'node:fs'
import type { Listing } from './list.ts'

/** The built-in landscapes; what each is stands in the first comment of its file. */
export async function listLandscapes(): Promise<Listing> {
  const { standard } = await import('../standard.ts')
  const landscapes = [...standard.landscapes()].map(([name, file]) => ({ name, summary: firstComment(file), file }))
  return {
    head: ['name', 'what it is'],
    rows: landscapes.map(({ name, summary }) => [name, summary]),
    document: { landscapes },
  }
}

function firstComment(file: string): string {
  const lines = readFileSync(file, 'utf8').split('\n')
  const start = lines.findIndex((line) => line.startsWith('# ') && !line.includes('yaml-language-server'))
  if (start === -1) return ''
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('#'))
  return lines
    .slice(start, end === -1 ? undefined : end)
    .map((line) => line.replace(/^#\s*/, ''))
    .join(' ')
    .trim()
}
