import { createHash } from 'node:crypto'
import { openKeyPool } from '../../../harness/pki/index.ts'

// A process of its own: takes so many keys from the pool in a folder, and prints the digest of each.
const [folder = '', count = '0'] = process.argv.slice(2)
await using pool = openKeyPool({ folder })
for (let taken = 0; taken < Number(count); taken += 1) {
  const digest = createHash('sha256')
    .update(await pool.rsa2048())
    .digest('hex')
  process.stdout.write(`${digest}\n`)
}
