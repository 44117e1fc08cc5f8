import { expect, test } from 'vitest'
import { seededRandom } from '../../../../../harness/context/random.ts'
import { exportCompose } from '../../../../../harness/engines/docker/compose/export-compose.ts'
import { kinds, loadLandscape } from '../../../../../harness/standard.ts'

const image = { name: 'landscape-lab/host:0f1e2d3c', entry: '/opt/landscape-lab/harness/host-container.ts' }

test('a landscape that serves revocation lists is refused: exported hosts have issuers of their own', async () => {
  const landscape = await loadLandscape({
    landscape: 'listed',
    hosts: { pki1: { runs: { 'crl-distribution-point': {} } }, mail1: { runs: { 'smtp-server': {} } } },
  })
  const exporting = exportCompose({ landscape, kinds, image, random: seededRandom(1) })
  await expect(exporting).rejects.toThrow('take crl-distribution-point out')
})
