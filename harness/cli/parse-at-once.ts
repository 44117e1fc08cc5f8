import { config } from 'zod'

// zod compiles each object's schema to a function at its first parse. In a process that parses most of them once that
// takes longer than it saves. It counts for schemas that are made later: to be imported before everything that makes one.
config({ jitless: true })
