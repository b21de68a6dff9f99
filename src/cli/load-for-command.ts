import type { Config } from '../config/config.ts'
import { configPath, formatProblems, loadConfig, type Warning } from '../config/load.ts'
import type { CommandIo } from './io.ts'

export interface CommandConfig {
  config: Config
  path: string
  warnings: readonly Warning[]
}

/** The configuration that a command is given; null where it is wrong, and then every problem has been told. */
export async function loadForCommand(
  options: { config?: string | undefined },
  io: CommandIo,
  secrets: 'required' | 'optional',
): Promise<CommandConfig | null> {
  const path = configPath(options.config, io.env)
  const loaded = await loadConfig(path, { env: io.env, secrets })
  if (loaded.kind === 'loaded') return { config: loaded.config, path, warnings: loaded.warnings }
  io.stderr.write(formatProblems(loaded.problems))
  return null
}
