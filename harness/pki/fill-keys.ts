import { openKeyPool } from './key-pool.ts'

// A process of its own, because making a key can be neither interrupted nor done without CPU: `fill-keys.ts FOLDER COUNT`.
const [folder = '', count = '0'] = process.argv.slice(2)
await using pool = openKeyPool({ folder })
await pool.topUp(Number(count))
