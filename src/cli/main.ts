#!/usr/bin/env node
/** The command line as a process. */
import { perezvon } from './program.ts'

const terminal = {
  write: (text: string) => void process.stdout.write(text),
  writeError: (text: string) => void process.stderr.write(text),
}
process.exitCode = (await perezvon(process.argv, process.env, terminal)) || process.exitCode
