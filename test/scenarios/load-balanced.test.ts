import { testScenarios } from '../../harness/vitest.ts'

await testScenarios('load-balanced')
