/**
 * Keeps two brokers off one data folder. Kafka's own lock comes too late: when the second broker runs into it,
 * its controller has already taken over the metadata log, and the first one hangs at its shutdown.
 *
 * The lock is a file with the process ids of those who use the folder. One that is left behind by a crash
 * counts for nothing: its processes are gone, or other programs have their ids now.
 */
import { appendFile, link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type FolderLock =
  | {
      kind: 'locked'
      /** Names a further process that must end before the folder is free. */
      add(pid: number): Promise<void>
      release(): Promise<void>
    }
  | { kind: 'in_use'; pid: number }

const LOCK = 'broker.lock'
const ATTEMPTS = 3

export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, LOCK)
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (await createLock(path)) {
      return {
        kind: 'locked',
        add: (pid) => appendFile(path, `${pid}\n`),
        release: () => rm(path, { force: true }),
      }
    }
    const pid = await user(path)
    if (pid !== null) return { kind: 'in_use', pid }
    await rm(path, { force: true })
  }
  throw new Error(`cannot lock ${folder}: others keep locking and leaving it`)
}

/** Linked into place with its content, so that nobody ever reads an empty lock; false when there is one. */
async function createLock(path: string): Promise<boolean> {
  const draft = `${path}.${process.pid}`
  await writeFile(draft, `${process.pid}\n`)
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** The first of the lock's processes that still runs and is a broker or its supervisor. */
async function user(path: string): Promise<number | null> {
  const pids = (await readFile(path, 'utf8').catch(() => '')).split('\n').filter((line) => /^\d+$/.test(line))
  for (const pid of pids.map(Number)) if (isAlive(pid) && (await looksLikeOurs(pid))) return pid
  return null
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** By its command line, where the system shows one; without, being alive is enough. */
async function looksLikeOurs(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null)
  return command === null || command.includes(SUPERVISOR_TITLE) || command.includes('kafka.Kafka')
}

/** What a supervisor calls itself in process lists. */
export const SUPERVISOR_TITLE = 'bellhop-kafka'
