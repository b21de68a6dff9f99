/** Where files of this user belong, by the XDG Base Directory Specification: relative values are ignored. */
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** For what can be downloaded again: `BELLHOP_CACHE`, else `$XDG_CACHE_HOME/bellhop`, else `~/.cache/bellhop`. */
export function cacheFolder(env: Environment): string {
  if (env.BELLHOP_CACHE) return resolve(env.BELLHOP_CACHE)
  return join(xdgBase(env.XDG_CACHE_HOME) ?? join(home(env), '.cache'), 'bellhop')
}

/** For what must stay: `$XDG_DATA_HOME/bellhop`, else `~/.local/share/bellhop`. */
export function dataFolder(env: Environment): string {
  return join(xdgBase(env.XDG_DATA_HOME) ?? join(home(env), '.local', 'share'), 'bellhop')
}

function xdgBase(value: string | undefined): string | null {
  return value !== undefined && isAbsolute(value) ? value : null
}

function home(env: Environment): string {
  return env.HOME || homedir()
}
