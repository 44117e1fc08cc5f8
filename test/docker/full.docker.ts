import { test } from 'vitest'
import { testScenarios } from '../../harness/vitest.ts'
import { noContainers } from './engine-here.ts'

// Every scenario over both products, as in this process: what they prove must not depend on the engine.
if (noContainers === '') await testScenarios('full', { engine: 'docker' })
else test.skip(`every scenario in containers${noContainers}`)
