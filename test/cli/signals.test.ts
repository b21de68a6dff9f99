import { syncBuiltinESMExports } from 'node:module'
import tty from 'node:tty'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Hangups, onHangup } from '../../src/cli/signals.ts'

let hangups: Hangups
afterEach(() => {
  hangups.release()
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})

/** Node's own function, for whoever has imported it: other tests share the modules. */
function sayOfEveryTerminal(isThere: boolean): void {
  vi.spyOn(tty, 'isatty').mockReturnValue(isThere)
  syncBuiltinESMExports()
}

/** Without a process of its own: nobody else listens to SIGHUP here. */
function hangUp(): void {
  process.emit('SIGHUP')
}

const handler = () => ({ reload: vi.fn(), terminalGone: vi.fn() })

describe('SIGHUP', () => {
  it('asks for a reload, each time', () => {
    hangups = onHangup({})
    const told = handler()
    hangups.handle(told)
    hangUp()
    hangUp()
    expect(told.reload).toHaveBeenCalledTimes(2)
    expect(told.terminalGone).not.toHaveBeenCalled()
  })

  it('that came before anyone could act on it is acted on then, once', () => {
    hangups = onHangup({})
    hangUp()
    hangUp()
    const told = handler()
    hangups.handle(told)
    expect(told.reload).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['a terminal that is there', { isTTY: true, fd: 2 }, true, 'reload'],
    ['a terminal that was closed', { isTTY: true, fd: 2 }, false, 'terminalGone'],
    ['a file or pipe, which never was a terminal', { fd: 2 }, false, 'reload'],
  ] as const)('with %s', (_, terminal, isThere, called) => {
    sayOfEveryTerminal(isThere)
    hangups = onHangup(terminal)
    const told = handler()
    hangups.handle(told)
    hangUp()
    expect(told[called]).toHaveBeenCalledTimes(1)
    expect(told.reload.mock.calls.length + told.terminalGone.mock.calls.length).toBe(1)
  })

  it('is left to itself once it is given back', () => {
    hangups = onHangup({})
    hangups.release()
    expect(process.listenerCount('SIGHUP')).toBe(0)
  })
})
