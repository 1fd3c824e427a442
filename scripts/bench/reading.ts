// Reading and judging beside others, which only parse. Each has a process of its own, as it would
// have in use: in one process either would pay for what the other does to the engine's caches and shared functions.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { fiveKilobyteReports, mailsIn } from './mails.ts'
import { compare, type Round } from './rounds.ts'

const warmUps = 5
const rounds = 11

const script = fileURLToPath(new URL('./reading-side.ts', import.meta.url))

const names = [
  ['simpleParser', 'simpleParser, parsing alone'],
  ['MailParser', 'MailParser, parsing alone'],
  ...(isInstalled('postal-mime') ? ([['postal-mime', 'postal-mime, parsing alone']] as const) : []),
  ['rebound', 'parse, read and judge'],
] as const

/** Wanted: at least three times simpleParser's rate on 5 KB reports. */
export async function benchReading(directory: string | null): Promise<void> {
  await benchMails('5 KB reports of the harness', fiveKilobyteReports(), '')
  if (directory === null) console.log('  (no --mails DIR given: only the harness’s own reports)')
  else await benchMails(`mails in ${directory}`, mailsIn(directory), directory)
}

async function benchMails(name: string, mails: readonly Buffer[], directory: string): Promise<void> {
  const bytes = mails.reduce((sum, mail) => sum + mail.length, 0)
  const sides = names.map(([side, name]) => ({ name, process: fork(script, [side, directory]) }))
  try {
    // A server is warm: what the engine compiles in the first seconds is measured on no side.
    for (let at = 0; at < warmUps; at++) for (const { process } of sides) await round(process)
    const [reference, ...others] = sides.map(({ name, process }) => ({ name, run: () => round(process) }))
    const what = `${name}: ${mails.length} mails, ${Math.round(bytes / mails.length)} bytes on average`
    if (reference) await compare(what, 'mails/s', rounds, reference, ...others)
  } finally {
    for (const { process } of sides) process.kill()
  }
}

/** postal-mime is no dependency of ours: `npm install --no-save postal-mime` brings it. */
function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}

/** Throws when the side dies. */
async function round(side: ChildProcess): Promise<Round> {
  const died = new AbortController()
  const onExit = (code: number | null): void =>
    died.abort(new Error(`a side of the bench ended with ${code}`))
  side.once('exit', onExit)
  try {
    side.send('round')
    const [answer] = await once(side, 'message', { signal: died.signal })
    return answer as Round
  } finally {
    side.off('exit', onExit)
  }
}
