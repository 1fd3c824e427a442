// One fault after the other while senders deliver: what /readyz said of each, and whether everything adds up afterwards.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Audit, auditOf, isExact } from './audit.ts'
import { startWorld, type World, watchReady } from './fault-world.ts'
import { type Fault, faults } from './faults.ts'
import { type Sent, startSenders } from './senders.ts'

export interface FaultReport {
  readonly dialect: World['dialect']
  readonly name: string
  /** How often it happened. */
  readonly times: number
  /** Why it was not tried here. */
  readonly leftOut: string | null
  readonly sent: Sent
  readonly acknowledged: number
  readonly audit: Audit
  /**
   * Milliseconds until /readyz said no, since the fault began and no more mail was taken: a disk that is full, say, has
   * room in the files that are there. Null: never; of several the slowest.
   */
  readonly toldAfterMs: number | null
  /** Until it said yes again, since the fault ended. */
  readonly readyAfterMs: number | null
  /** Until a mail delivered then was acknowledged, since the fault ended. */
  readonly acknowledgedAfterMs: number
}

export interface FaultOptions {
  readonly dialects: readonly World['dialect'][]
  /** Words of the faults to try; empty means all. */
  readonly only: readonly string[]
  /** Longest fault that is tried. */
  readonly mostMs: number
  /** Kills of the server. */
  readonly kills: number
  readonly senders: number
  readonly onReport: (report: FaultReport) => void
}

const nobody: Sent = { attempts: 0, deferred: 0, broken: 0, refused: [] }
const empty: Audit = { events: 0, lost: [], twice: [], records: [], campaigns: [], inert: 0 }

/** Each database goes through all its faults, on one set of data, so that a fault that breaks something quietly shows later. */
export async function runFaults(options: FaultOptions): Promise<readonly FaultReport[]> {
  const reports: FaultReport[] = []
  const report = (made: FaultReport): void => {
    reports.push(made)
    options.onReport(made)
  }
  for (const dialect of options.dialects) {
    const folder = mkdtempSync(join(tmpdir(), 'rebound-faults-'))
    const isWanted = ({ dialects, name, ms }: Fault): boolean =>
      dialects.includes(dialect) &&
      ms <= options.mostMs &&
      (options.only.length === 0 || options.only.some(words => name.includes(words)))
    const wanted = faults.filter(isWanted)
    try {
      await inWorld(dialect, join(folder, 'plain'), async world => {
        for (const fault of wanted.filter(each => !each.disk)) report(await tried(world, fault, options))
      })
      for (const fault of wanted.filter(each => each.disk)) {
        const disk = join(folder, 'disk')
        const unmount = mountDisk(disk)
        if (unmount === null) {
          report({ ...leftOut(dialect, fault), leftOut: 'no right to mount a disk that can be filled' })
          continue
        }
        try {
          await inWorld(dialect, disk, async world => report(await tried(world, fault, options)))
        } finally {
          unmount()
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return reports
}

async function inWorld(
  dialect: World['dialect'],
  folder: string,
  work: (world: World) => Promise<void>,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const world = await startWorld(dialect, folder)
  try {
    await work(world)
  } finally {
    await world.close()
  }
}

let runs = 0

async function tried(world: World, fault: Fault, options: FaultOptions): Promise<FaultReport> {
  const isKill = fault.name === 'server killed'
  const times = isKill ? options.kills : 1
  const senders = startSenders(`${runs++}-`, options.senders, () => world.server()?.port ?? null)
  const watch = watchReady(world)
  let toldAfterMs: number | null = null
  let readyAfterMs: number | null = null
  let acknowledgedAfterMs = 0
  try {
    for (let time = 0; time < times; time++) {
      await senders.nextAcknowledged()
      // At any moment of a batch.
      await sleep(isKill ? 300 * Math.random() : 500)
      const began = performance.now()
      const heal = await fault.hurt(world)
      await sleep(fault.ms)
      const no = watch.firstAfter(began, false)
      const told = no === null ? null : Math.round(began + no - senders.lastAcknowledged(began, began + no))
      await heal()
      const ended = performance.now()
      await senders.nextAcknowledged()
      acknowledgedAfterMs = Math.max(acknowledgedAfterMs, Math.round(performance.now() - ended))
      while (watch.firstAfter(ended, true) === null) await sleep(20)
      toldAfterMs = largest(toldAfterMs, told)
      readyAfterMs = largest(readyAfterMs, watch.firstAfter(ended, true))
    }
    await senders.finish()
  } finally {
    await watch.stop()
  }
  return {
    dialect: world.dialect,
    name: fault.name,
    times,
    leftOut: null,
    sent: senders.sent(),
    acknowledged: senders.acknowledged.size,
    audit: await auditOf(world.store, senders.acknowledged),
    toldAfterMs,
    readyAfterMs,
    acknowledgedAfterMs,
  }
}

const largest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other)

const leftOut = (dialect: World['dialect'], { name }: Fault): FaultReport => ({
  dialect,
  name,
  times: 0,
  leftOut: null,
  sent: nobody,
  acknowledged: 0,
  audit: empty,
  toldAfterMs: null,
  readyAfterMs: null,
  acknowledgedAfterMs: 0,
})

/** A file system of 400 MB in memory; null where we have no right to mount one. */
function mountDisk(folder: string): (() => void) | null {
  mkdirSync(folder)
  const run = (command: string, ...words: readonly string[]): boolean =>
    spawnSync(command, words).status === 0
  if (!run('mount', '-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', folder)) return null
  return () => void run('umount', folder)
}

/** Mail that was lost, doubled, miscounted or refused for good, in words; empty when none was. */
export function unsoundIn({ audit, sent }: FaultReport): readonly string[] {
  const refused =
    sent.refused.length > 0 ? [`${sent.refused.length} refused for good: ${sent.refused[0]}`] : []
  if (isExact(audit)) return refused
  return [
    `lost ${audit.lost.length}, twice ${audit.twice.length}, without effects ${audit.inert}`,
    ...[...audit.records, ...audit.campaigns].slice(0, 5),
    ...refused,
  ]
}

/** Must /readyz say no while this fault lasts? */
export const isTold = ({ name }: FaultReport): boolean =>
  faults.some(fault => fault.name === name && fault.stops)

/** How long /readyz may be behind. */
const mostBehindMs = 2_000

/** What /readyz said too late, or not at all. */
export function lateIn(report: FaultReport): readonly string[] {
  const { toldAfterMs, readyAfterMs, leftOut } = report
  if (leftOut !== null) return []
  const late: string[] = []
  if (isTold(report) && (toldAfterMs === null || toldAfterMs > mostBehindMs))
    late.push(`/readyz said yes for ${toldAfterMs === null ? 'all' : `${toldAfterMs} ms`} of the fault`)
  if (readyAfterMs !== null && readyAfterMs > mostBehindMs)
    late.push(`/readyz said no for ${readyAfterMs} ms after its end`)
  return late
}
