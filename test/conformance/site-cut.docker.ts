import { expect, test } from 'vitest'
import { noContainers } from '../docker/engine-here.ts'
import { siteCut } from './site-cut.ts'

test.skipIf(noContainers !== '')(
  `a site is cut off and healed while connections live, on both engines${noContainers}`,
  async () => {
    expect(await siteCut('docker')).toEqual(await siteCut('embedded'))
  },
)
