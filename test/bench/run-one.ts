import { benches } from './benches.ts'

// The process of one bench: `node --expose-gc run-one.ts NAME`, its figures sent to the parent.
const name = process.argv[2] ?? ''
const bench = await benches.get(name)?.()
if (!bench) throw new Error(`there is no bench "${name}"`)
const skipped = await bench.missing?.()
const figures = skipped === undefined ? await bench.run() : []
process.send?.({ title: bench.title, figures, skipped })
process.disconnect?.()
