import { defineConfig } from 'vitest/config'

/** What needs a Docker engine: `npm run test:docker`. One file at a time, because each starts whole landscapes. */
export default defineConfig({
  test: {
    include: ['test/docker/**/*.docker.ts', 'test/conformance/**/*.docker.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    retry: 0,
  },
})
