import type { Config } from '../../config/config.ts'
import type { TopicNames } from '../../core/topic-names.ts'
import type { ExplainStep } from './explanation.ts'

/** What the steps are told with, beside the evidence. */
export interface Telling {
  config: Config
  topics: TopicNames
  nowMs: number
  /** The configuration as it was named to the command; null where there was no need to. */
  configPath: string | null
}

/** A step without what most steps have none of. */
export function step(of: Pick<ExplainStep, 'stage' | 'tone' | 'text'> & Partial<ExplainStep>): ExplainStep {
  return { at: null, details: [], command: null, ...of }
}

/** A command for a shell: `bellhop dead replay orders:3:1042:paid:sales`. */
export function shellCommand({ configPath }: Telling, args: readonly string[]): string {
  const config = configPath === null ? [] : ['-c', configPath]
  return ['bellhop', ...args, ...config].map(quoted).join(' ')
}

function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** `a, b and c`; `a, b and 3 others` where there are more. */
export function listed(names: readonly string[], most = 5): string {
  if (names.length <= 1) return names[0] ?? ''
  const shown = names.length > most ? names.slice(0, most) : names.slice(0, -1)
  const rest = names.length - shown.length
  return `${shown.join(', ')} and ${names.length > most ? `${rest} others` : (names.at(-1) ?? '')}`
}
