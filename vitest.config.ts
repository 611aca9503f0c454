import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // One real PostgreSQL for the whole run; each file takes databases of its own in it.
    globalSetup: ['test/support/postgres.ts'],
    // Two cores: a file that starts PostgreSQL and Backstage leaves no room for more than one beside it.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
