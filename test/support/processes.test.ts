import { expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { type RunningProcess, useProcesses } from './processes.ts'

const processes = useProcesses()
const LEFT: RunningProcess[] = []
const STAYS = 'setInterval(() => {}, 1000)'

it('gives output, exit code and signal', async () => {
  const child = processes.node(
    ['-e', 'console.log(process.env.ANSWER); console.error("oops"); process.exitCode = 3'],
    {
      env: { ANSWER: '42' },
    },
  )

  expect(await child.exited()).toEqual({ code: 3, signal: null })
  expect(child.stdout).toBe('42\n')
  expect(child.stderr).toBe('oops\n')
})

it('finds a line in either stream, whole, also one that was printed before', async () => {
  const child = processes.node([
    '-e',
    `console.error('port 91'); process.stdout.write('no newline'); ${STAYS}`,
  ])

  expect((await child.line(/^port (\d+)$/))[1]).toBe('91')
  expect((await child.line(/^port (\d+)$/))[1]).toBe('91')
  await eventually('the rest is there', () => child.stdout === 'no newline')
  await expect(child.line(/newline/, 20)).rejects.toThrow(
    /^no line like \/newline\/ in 20 ms\nstdout: no newline/,
  )
})

it('does not wait for a line of a process that has exited', async () => {
  const child = processes.node(['-e', 'process.exit(1)'])

  await expect(child.line(/ready/)).rejects.toThrow('no line like /ready/ before it exited with 1')
})

it('takes a variable out of the environment', async () => {
  const child = processes.node(['-e', 'console.log(process.env.HOME)'], { env: { HOME: undefined } })
  await child.exited()

  expect(child.stdout).toBe('undefined\n')
})

it('may leave a process running', async () => {
  const child = processes.node(['-e', STAYS])
  LEFT.push(child)

  await expect(child.exited(20)).rejects.toThrow('still running after 20 ms')
})

it('finds it killed by the next test', () => {
  expect(LEFT.map(({ exit }) => exit)).toEqual([{ code: null, signal: 'SIGKILL' }])
})
