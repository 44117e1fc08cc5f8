import { testScenarios } from '../../harness/vitest.ts'

await testScenarios('all-in-one')
