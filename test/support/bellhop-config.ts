import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'

/** Writes configuration files for tests, each in a folder of its own that goes when the test ends. */
export function useConfigFiles(): (yaml: string) => string {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  return (yaml) => {
    const folder = mkdtempSync(join(tmpdir(), 'bellhop-config-'))
    folders.push(folder)
    const file = join(folder, 'bellhop.yaml')
    writeFileSync(file, yaml)
    return file
  }
}
