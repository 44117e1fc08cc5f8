import { expect, test } from 'vitest'
import { onlineRecipe } from '../../../../harness/engines/docker/images/online-base.ts'

test('the base stands on the official image of the pinned Node, by its full version', () => {
  const { from, dockerfile, nodeVersion, name } = onlineRecipe()
  expect(from).toBe(`node:${nodeVersion}-trixie-slim`)
  expect(nodeVersion).toMatch(/^\d+\.\d+\.\d+$/)
  expect(name).toMatch(/^landscape-lab\/base:[0-9a-f]{16}$/)
  expect(dockerfile.replace(nodeVersion, 'VERSION')).toMatchInlineSnapshot(`
    "FROM node:VERSION-trixie-slim
    RUN apt-get update \\
     && apt-get install --yes --no-install-recommends libatomic1 ca-certificates nftables iproute2 nginx apache2 \\
     && rm -rf /var/lib/apt/lists/* \\
     && mkdir -p /opt/landscape-lab
    ENTRYPOINT []
    "
  `)
})
