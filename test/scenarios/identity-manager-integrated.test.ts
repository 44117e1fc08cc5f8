import { testScenarios } from '../../harness/vitest.ts'

await testScenarios('identity-manager-integrated')
