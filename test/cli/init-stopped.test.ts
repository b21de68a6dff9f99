import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('init leaves nothing behind where %s ends it', async (signal, code) => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-stopped-init-'))
  const silent = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => {
    silent.close()
    rmSync(folder, { recursive: true, force: true })
  })
  await once(silent, 'listening')
  const address = silent.address()
  const port = typeof address === 'object' ? address?.port : null
  const args = ['src/main.ts', 'init', '--brokers', `127.0.0.1:${port}`, '--topic', 'e', '--into', folder]
  const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, TMPDIR: folder } })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(silent, 'connection')
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^bellhop-init-/)])
  const ended = once(child, 'exit')
  child.kill(signal)
  expect(await ended).toEqual([code, null])
  expect(readdirSync(folder)).toEqual([])
})
