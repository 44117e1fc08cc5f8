import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { codeOf } from '../../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../../harness/host/component-host.ts'

const KEY_BYTES = 32

/** The key of cookies and antiforgery tokens. It outlives a recycling of the server, and so do people's sessions. */
export function protectionKey(host: ComponentHost): Buffer {
  const path = host.files.path('DataProtection', 'key')
  try {
    const kept = readFileSync(path)
    if (kept.length === KEY_BYTES) return kept
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  const fresh = randomBytes(KEY_BYTES)
  writeFileSync(path, fresh, { mode: 0o600 })
  return fresh
}
