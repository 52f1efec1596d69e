import { defineConfig } from 'vitest/config'

/** What needs the real Asterisk, or its neighbours espeak-ng and sox. */
const REAL = ['test/scenarios/**/*.test.ts', 'test/rig/**/*.test.ts', 'test/**/*.scenario.test.ts']

/** The crash rig on the real Asterisk; what it is made of is tested below it. */
const CRASH = ['test/crash/*.test.ts']

/** `unit` is pure and in-process; `scenarios` needs the real Asterisk that scripts/get-asterisk brought. */
export default defineConfig({
  test: {
    // a mail in a diff is pages long, and who reads the end of a log wants the error
    diff: { truncateThreshold: 40 },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...REAL, ...CRASH],
          testTimeout: 60_000,
          // much of it waits: by itself vitest would leave one of two cores alone
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'scenarios',
          include: REAL,
          testTimeout: 90_000,
          hookTimeout: 90_000,
          // real time: two worlds take half of two cores. What fails is played again alone: scripts/scenarios.ts
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'crash',
          include: CRASH,
          testTimeout: 900_000,
          hookTimeout: 90_000,
          maxWorkers: 2,
          // of a file whose tests stand by themselves: each is a process or two
          maxConcurrency: 2,
          retry: 1,
        },
      },
    ],
  },
})
