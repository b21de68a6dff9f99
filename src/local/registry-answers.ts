/** Whether a schema registry answers at a URL, found out with one request and without a client. */
import { sleep } from '../system.ts'

const ANSWER_TIMEOUT_MS = 2_000
const ASK_EVERY_MS = 100

/** The names of its subjects; null where nothing answers as a registry does. */
export async function subjectsOf(url: string, timeoutMs = ANSWER_TIMEOUT_MS): Promise<string[] | null> {
  try {
    const response = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(timeoutMs) })
    const subjects: unknown = response.ok ? await response.json() : null
    return Array.isArray(subjects) ? subjects.map(String) : null
  } catch {
    return null
  }
}

/** False when the signal was aborted first. */
export async function untilRegistryServes(url: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if ((await subjectsOf(url)) !== null) return true
    await sleep(ASK_EVERY_MS, signal)
  }
  return false
}

/** Deletes the subjects that begin with a prefix; gives those that could not be. */
export async function deleteSubjects(
  url: string,
  prefix: string,
): Promise<{ deleted: number; left: string[] }> {
  const subjects = ((await subjectsOf(url)) ?? []).filter((subject) => subject.startsWith(prefix))
  let left = subjects
  // One that another refers to cannot go before it.
  for (let before = Number.POSITIVE_INFINITY; left.length > 0 && left.length < before; ) {
    before = left.length
    left = await deleteEach(url, left)
  }
  return { deleted: subjects.length - left.length, left }
}

/** Gives those that are still there. A registry lets a subject go in two steps, and what it refers to after both. */
async function deleteEach(url: string, subjects: readonly string[]): Promise<string[]> {
  const left: string[] = []
  for (const subject of subjects) {
    const address = `${url}/subjects/${encodeURIComponent(subject)}`
    if (!(await deleteAt(address))) left.push(subject)
    await deleteAt(`${address}?permanent=true`)
  }
  return left
}

async function deleteAt(address: string): Promise<boolean> {
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS)
  const answer = await fetch(address, { method: 'DELETE', signal }).catch(() => null)
  return answer?.ok === true
}
