import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What needs the real Asterisk, or its neighbours espeak-ng and sox. */
const REAL = ['test/scenarios/**/*.test.ts', 'test/rig/**/*.test.ts', 'test/**/*.scenario.test.ts']

/** The crash rig on the real Asterisk; what it is made of is tested below it. */
const CRASH = ['test/crash/*.test.ts']

/** Those that take minutes: begun last, they would be waited for alone. */
const LONG =
  /every-point|deaths|bad-lines|crash\/points|demo|call-back\.test|simulation\/(points|planted)|queues\/ring\.test/

class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

/** `unit` is pure and in-process; `scenarios` needs the real Asterisk that scripts/get-asterisk brought. */
export default defineConfig({
  test: {
    // a mail in a diff is pages long, and who reads the end of a log wants the error
    diff: { truncateThreshold: 40 },
    sequence: { sequencer: LongOnesFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...REAL, ...CRASH],
          testTimeout: 60_000,
          // half of it waits
          maxWorkers: 4,
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
          // three of them are slower than two
          maxWorkers: 2,
          // of a file whose tests stand by themselves: each is a process or two
          maxConcurrency: 2,
          retry: 1,
        },
      },
    ],
  },
})
