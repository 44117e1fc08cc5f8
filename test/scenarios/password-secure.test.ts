import { describe } from 'vitest'
import { testScenarios } from '../../harness/vitest.ts'

for (const landscape of ['password-secure', 'load-balanced', 'iis', 'all-in-one']) {
  describe(landscape, () => testScenarios(landscape))
}
