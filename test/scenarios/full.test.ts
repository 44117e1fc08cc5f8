import { testScenarios } from '../../harness/vitest.ts'

await testScenarios('full')
