import { isatty } from 'node:tty'

/**
 * The first SIGINT or SIGTERM asks for an orderly end, a second ends the process at once (128 + its number, as
 * shells have it). `release` gives the signals back.
 */
export function onStopSignal(stop: (signal: string) => void): { release(): void } {
  const numbers = { SIGINT: 2, SIGTERM: 15 }
  let asked = false
  const listeners = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const listener = (): void => {
      if (asked) process.exit(128 + numbers[name])
      asked = true
      stop(name)
    }
    process.on(name, listener)
    return { name, listener }
  })
  return {
    release() {
      for (const { name, listener } of listeners) process.off(name, listener)
    },
  }
}

/**
 * SIGHUP asks for a reload; of a process whose terminal was closed, it asks for the end. What comes before `handle`
 * is remembered: the signal's own default would end a process that has only just begun.
 */
export function onHangup(terminal: { isTTY?: boolean; fd?: number }): Hangups {
  let cameEarly = false
  let handler: HangupHandler | null = null
  const tell = ({ reload, terminalGone }: HangupHandler): void => {
    if (isHungUp(terminal)) terminalGone()
    else reload()
  }
  const listener = (): void => {
    if (handler === null) cameEarly = true
    else tell(handler)
  }
  process.on('SIGHUP', listener)
  return {
    handle(next) {
      handler = next
      if (cameEarly) tell(next)
    },
    release: () => void process.off('SIGHUP', listener),
  }
}

export interface Hangups {
  handle(handler: HangupHandler): void
  release(): void
}

export interface HangupHandler {
  reload(): void
  terminalGone(): void
}

/** A terminal that is gone is none any more. */
function isHungUp({ isTTY, fd }: { isTTY?: boolean; fd?: number }): boolean {
  return isTTY === true && fd !== undefined && !isatty(fd)
}
