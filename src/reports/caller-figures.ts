/** Who called, and again. Pure. */
import type { CallersInAll, CallerSums } from '../store/reports/callers.ts'
import { share, type Table } from './table.ts'

export function callersTotalTable({ calls, callers, repeat, again, never }: CallersInAll): Table {
  return {
    id: 'callers-total',
    columns: ['callers', 'calls', 'callers_repeat', 'part', 'callers_again', 'callers_never'],
    rows: [
      {
        callers,
        calls,
        callers_repeat: repeat,
        part: share(repeat, callers),
        callers_again: again,
        callers_never: never,
      },
    ],
    total: null,
  }
}

/** `nameOf`: of the phone book as it is now, where the records have no name. */
export function callersTable(
  top: readonly CallerSums[],
  nameOf: (number: string) => string | null = () => null,
): Table {
  return {
    id: 'callers',
    columns: ['caller', 'caller_name', 'calls', 'answered', 'lost', 'last_call'],
    rows: top.map(({ lastCall, name, ...row }) => ({
      ...row,
      caller_name: name ?? nameOf(row.caller),
      last_call: lastCall,
    })),
    total: null,
  }
}
