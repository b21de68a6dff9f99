import { createHash, type Hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { expandVariables } from '../config/expand.ts'
import { findConfigFiles } from '../config/files.ts'
import type { ConfigNode, MapNode } from '../config/tree.ts'
import { parseSource } from '../config/yaml-source.ts'

type Env = Record<string, string | undefined>

/**
 * One text for all that a configuration is read from: its files (of a folder, which ones), and the secrets and
 * certificates that they name. Contents, not times: what a rename, a symbolic link that is put over or a coarse clock
 * hides from a file's times shows in its bytes. A file that cannot be read counts with the reason, so it is noticed
 * when it comes.
 */
export function createFingerprint(path: string, env: Env): () => Promise<string> {
  /** What each file names, found again only where its text has changed. */
  const known = new Map<string, { text: string; names: readonly string[] }>()

  async function namesIn(file: string, bytes: Buffer): Promise<readonly string[]> {
    const text = bytes.toString('utf8')
    const before = known.get(file)
    if (before?.text === text) return before.names
    // What cannot be read as a configuration names nothing; loading it says why.
    const names = await namedFiles({ file, text }, env).catch(() => [])
    known.set(file, { text, names })
    return names
  }

  return async () => {
    const hash = createHash('sha256')
    const found = await findConfigFiles(path)
    if (found.kind === 'unreadable') return hash.update(found.reason).digest('hex')
    const named = new Set<string>()
    for (const file of found.files) {
      const bytes = await takeIn(hash, file)
      if (bytes === null) continue
      for (const name of await namesIn(file, bytes)) named.add(name)
    }
    for (const file of named) await takeIn(hash, file)
    return hash.digest('hex')
  }
}

/** Null where it cannot be read. */
async function takeIn(hash: Hash, file: string): Promise<Buffer | null> {
  try {
    const bytes = await readFile(file)
    hash.update(`${file}\0read ${bytes.length}\0`).update(bytes)
    return bytes
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    hash.update(`${file}\0${code}\0`)
    return null
  }
}

const FILE_REFERENCE = /\$\{file:([^{}]*)\}/g
const PEM_OPTIONS: ReadonlySet<string> = new Set(['ca', 'cert', 'key'])

/** The files that a configuration file names, wherever they are: `${file:PATH}`, and paths of PEM files. */
async function namedFiles(source: { file: string; text: string }, env: Env): Promise<string[]> {
  const folder = dirname(source.file)
  const references = [...source.text.matchAll(FILE_REFERENCE)].map(([, path = '']) => path)
  const pems = await pemPaths(source, env)
  return [...new Set([...references, ...pems].map((path) => resolve(folder, path)))].sort()
}

async function pemPaths(source: { file: string; text: string }, env: Env): Promise<string[]> {
  const { root } = parseSource(source)
  if (root === null) return []
  const { root: expanded } = await expandVariables(root, { env, secrets: 'optional' })
  const paths: string[] = []
  collectPemPaths(expanded, paths)
  return paths
}

function collectPemPaths(node: ConfigNode, paths: string[]): void {
  if (node.kind === 'list') for (const item of node.items) collectPemPaths(item, paths)
  if (node.kind === 'map') for (const entry of entriesOf(node)) collectOfEntry(entry, paths)
}

function collectOfEntry([name, value]: [string, ConfigNode], paths: string[]): void {
  if (value.kind !== 'scalar') collectPemPaths(value, paths)
  else if (PEM_OPTIONS.has(name) && typeof value.value === 'string' && !value.value.includes('-----BEGIN'))
    paths.push(value.value.trim())
}

function entriesOf(map: MapNode): [string, ConfigNode][] {
  return [...map.entries].map(([name, { value }]) => [name, value])
}
