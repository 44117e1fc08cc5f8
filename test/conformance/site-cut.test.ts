import { expect, test } from 'vitest'
import { siteCut } from './site-cut.ts'

test.skipIf(process.platform !== 'linux')(
  'a client of a branch office keeps its connections while the branch is cut off, and hears of everything afterwards (Linux)',
  async () => {
    const alive = { connected: true, realTime: true }
    expect(await siteCut('embedded')).toEqual({
      cutOff: {
        changed: true,
        new: ['deadline', 'deadline-exceeded'],
        told: { complete: false, updates: [] },
        open: alive,
      },
      healed: {
        told: { complete: true, updates: [{ type: 'secret-changed', name: 'Intranet', by: 'alice' }] },
        open: alive,
        listed: true,
      },
    })
  },
)
