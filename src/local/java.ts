/** Finds a Java that Apache Kafka 4 runs on (KIP-1013: brokers need 17). */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Environment } from './folders.ts'

export const JAVA_NEEDED = 17

export type JavaSearch =
  | { kind: 'java'; command: string; major: number }
  /** `reason` is a phrase such as `java 11 found, 17 needed`. */
  | { kind: 'none'; reason: string }

/** Looks at `$JAVA_HOME/bin/java`, then at `java` on the PATH, and takes the first that is new enough. */
export async function findJava(env: Environment): Promise<JavaSearch> {
  const candidates = [...(env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin', 'java')] : []), 'java']
  const tooOld: number[] = []
  for (const command of candidates) {
    const major = await javaMajor(command, env)
    if (major === null) continue
    if (major >= JAVA_NEEDED) return { kind: 'java', command, major }
    tooOld.push(major)
  }
  if (tooOld.length === 0) return { kind: 'none', reason: `no java found, ${JAVA_NEEDED} or newer needed` }
  return { kind: 'none', reason: `java ${Math.max(...tooOld)} found, ${JAVA_NEEDED} needed` }
}

/** The major version in what `java -version` prints: 8 for "1.8.0_292", 17 for "17.0.15", 21 for "21-ea". */
export function parseJavaMajor(printed: string): number | null {
  const found = /version "(?:1\.)?(\d+)/.exec(printed)
  return found === null ? null : Number(found[1])
}

async function javaMajor(command: string, env: Environment): Promise<number | null> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, ['-version'], { env, timeout: 10_000 })
    return parseJavaMajor(stderr + stdout)
  } catch {
    return null
  }
}
