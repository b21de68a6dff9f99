import { lstat, mkdir, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { InitFiles } from './init-files.ts'

/** Nothing is ever overwritten, and of the two files either both are written or none. */
export type Written =
  | { kind: 'written'; paths: readonly string[] }
  | { kind: 'there_already'; paths: readonly string[] }
  | { kind: 'not_possible'; path: string; reason: string }

const NAMES = { config: 'bellhop.yaml', tests: 'bellhop_test.yaml' } as const

/** Which of the files stand there already; to be asked before any work is done. */
export async function filesInTheWay(folder: string): Promise<string[]> {
  const paths = Object.values(NAMES).map((name) => join(folder, name))
  const there = await Promise.all(paths.map(exists))
  return paths.filter((_, index) => there[index])
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

export async function writeInitFiles(folder: string, files: InitFiles): Promise<Written> {
  const written: string[] = []
  let path = folder
  try {
    await mkdir(folder, { recursive: true })
    for (const part of ['config', 'tests'] as const) {
      path = join(folder, NAMES[part])
      await writeFile(path, files[part], { flag: 'wx' })
      written.push(path)
    }
    return { kind: 'written', paths: written }
  } catch (error) {
    await Promise.all(written.map((one) => unlink(one)))
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    if (code === null) throw error
    if (code === 'EEXIST' && path !== folder) return { kind: 'there_already', paths: [path] }
    return { kind: 'not_possible', path, reason: REASONS[code] ?? code }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'writing there is not permitted',
  EPERM: 'writing there is not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file, not a folder',
}
