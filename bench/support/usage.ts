import { readFile } from 'node:fs/promises'

/** What a process has used so far. */
export interface Usage {
  /** User and system. */
  cpuSeconds: number
  rssMb: number
  /** The most that it ever had. */
  peakMb: number
}

/** A clock tick of /proc/PID/stat: 10 ms wherever Linux runs Node. */
const TICKS_A_SECOND = 100

/** From /proc: Linux only. */
export async function usageOf(pid: number): Promise<Usage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ])
  // The name, in brackets, may hold blanks; utime and stime are fields 14 and 15, counted with it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return {
    cpuSeconds: ticks / TICKS_A_SECOND,
    rssMb: megabytes(status, 'VmRSS'),
    peakMb: megabytes(status, 'VmHWM'),
  }
}

function megabytes(status: string, name: string): number {
  return Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1_024)
}
