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
