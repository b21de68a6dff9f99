import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Reading files, with every failure as a sentence. */
export type ReadText = { kind: 'read'; text: string } | { kind: 'unreadable'; reason: string }

/** UTF-8 text; a byte order mark is dropped. */
export async function readText(path: string): Promise<ReadText> {
  try {
    const bytes = await readFile(path)
    return { kind: 'read', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    return { kind: 'unreadable', reason: whyUnreadable(error) }
  }
}

export type FoundFiles = { kind: 'found'; files: readonly string[] } | { kind: 'unreadable'; reason: string }

/** The file itself, or of a folder its *.yaml and *.yml but tests and hidden ones, by name. */
export async function findConfigFiles(path: string): Promise<FoundFiles> {
  try {
    if (!(await stat(path)).isDirectory()) return { kind: 'found', files: [path] }
    const names = (await readdir(path)).filter(
      (name) => /^[^.].*\.ya?ml$/.test(name) && !/_test\.ya?ml$/.test(name),
    )
    const paths = names.sort().map((name) => join(path, name))
    const isFile = await Promise.all(paths.map(async (file) => (await stat(file)).isFile()))
    const files = paths.filter((_, index) => isFile[index])
    return files.length > 0
      ? { kind: 'found', files }
      : { kind: 'unreadable', reason: 'the folder holds no *.yaml file' }
  } catch (error) {
    return { kind: 'unreadable', reason: whyUnreadable(error) }
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'reading it is not permitted',
  EPERM: 'reading it is not permitted',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason = REASONS[code]
  if (reason === undefined && code === '') throw error
  return reason ?? code
}
