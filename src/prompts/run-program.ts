/**
 * Runs a sound program (espeak-ng, sox, ffmpeg) that is handed what strangers wrote or recorded.
 *
 * No shell, a bare environment, limits on time, processor, memory and file size, and the whole process group is killed when it overruns.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

export interface ProgramRun {
  /** Program and arguments, passed as they are. */
  argv: readonly [string, ...string[]]
  stdin?: string | Buffer
  cwd?: string
  timeoutMs?: number
  /** Bytes kept of the standard output; more ends the program. */
  maxOutput?: number
  /** Bytes of virtual memory, 1 GiB if missing (ffmpeg with one thread needs some 300 MB); null: not bounded. */
  maxMemory?: number | null
  /** Seconds of processor time, 30 if missing; null: only `timeoutMs` bounds it. */
  maxCpu?: number | null
}

/** `why` is one line for a log or a screen: the last thing the program said, or which limit it met. */
export type ProgramResult = { kind: 'done'; stdout: Buffer; stderr: string } | { kind: 'failed'; why: string }

const prlimit = ['/usr/bin/prlimit', '/bin/prlimit'].find((path) => existsSync(path))

export function runProgram(run: ProgramRun): Promise<ProgramResult> {
  const { argv, stdin, cwd, timeoutMs = 30_000, maxOutput = 50e6, maxMemory = 2 ** 30, maxCpu = 30 } = run
  return new Promise((resolve) => {
    const limits = ['--fsize=104857600', '--core=0', '--nofile=64']
    if (maxCpu !== null) limits.push(`--cpu=${maxCpu}`)
    if (maxMemory !== null) limits.push(`--as=${maxMemory}`)
    const [program, ...args] = prlimit ? [prlimit, ...limits, ...argv] : argv
    const child = spawn(program, args, {
      cwd,
      detached: true,
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...soundDataPaths() },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const output: Buffer[] = []
    let size = 0
    let said = ''
    let broken: string | null = null
    const end = (why: string) => {
      broken ??= why
      if (child.pid === undefined) return
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // it has ended by itself meanwhile
      }
    }
    const timer = setTimeout(() => end(`no result within ${timeoutMs / 1000} s`), timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxOutput) end(`more than ${maxOutput} bytes of output`)
      else output.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-4000)))
    // a program that does not read its input is judged by its exit code
    child.stdin.on('error', () => {})
    child.stdin.end(stdin ?? '')
    child.on('error', (error) => {
      clearTimeout(timer)
      resolve({ kind: 'failed', why: error.message })
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (broken !== null) resolve({ kind: 'failed', why: broken })
      else if (code === 0) resolve({ kind: 'done', stdout: Buffer.concat(output), stderr: said })
      else resolve({ kind: 'failed', why: lastLine(said) || `ended with ${signal ?? code}` })
    })
  })
}

/** Where voices lie when they are not at their usual place; nothing else of our environment (secrets!) is passed on. */
function soundDataPaths(): Record<string, string> {
  const names = ['HOME', 'ESPEAK_DATA_PATH', 'RHVOICE_DATA_PATH']
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

function lastLine(text: string): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim())
  return (lines.at(-1) ?? '').replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, 300)
}
