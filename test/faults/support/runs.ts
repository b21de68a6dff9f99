/** What every fault run needs: a seed to repeat it with, and a way to say what it measured. */

/** BELLHOP_SEED repeats a run. */
export function seedOfRun(): number {
  return Number(process.env.BELLHOP_SEED ?? Math.floor(Math.random() * 1_000_000))
}

export function print(line: string): void {
  process.stderr.write(`${line}\n`)
}
