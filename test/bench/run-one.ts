import { benches } from './benches.ts'

// The process of one bench: `node --expose-gc run-one.ts NAME`, its figures sent to the parent.
const name = process.argv[2] ?? ''
const bench = await benches.get(name)?.()
if (!bench) throw new Error(`there is no bench "${name}"`)
const figures = await bench.run()
process.send?.({ title: bench.title, figures })
process.disconnect?.()
