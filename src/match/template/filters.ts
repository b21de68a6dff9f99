/**
 * Every filter a message may use: Liquid's own, made to see text where they expect text, and the ones that
 * messages to people in Slack need.
 */
import { type FilterImplOptions, filters as liquidFilters } from 'liquidjs'
import { didYouMean } from '../../core/nearest.ts'
import { NUMBER_FILTERS } from './number-filters.ts'
import { SLACK_FILTERS } from './slack-filters.ts'
import { TEXT_FILTERS } from './text-filters.ts'
import { TIME_FILTERS } from './time-filters.ts'

const COMPILES_TEXT = 'it would run text as code; choose with {% if %} or the filters where, find and reject'

/** Liquid's filters that are left out, and why. */
const REMOVED_FILTERS: ReadonlyMap<string, string> = new Map([
  ['sample', 'it is random, and a replay must give the same message'],
  ['newline_to_br', 'Slack shows line breaks as they are'],
  ...['where_exp', 'reject_exp', 'group_by_exp', 'has_exp', 'find_exp', 'find_index_exp'].map(
    (name): [string, string] => [name, COMPILES_TEXT],
  ),
])

export const MESSAGE_FILTERS: ReadonlyMap<string, FilterImplOptions> = new Map([
  ...Object.entries(liquidFilters).filter(([name]) => !REMOVED_FILTERS.has(name)),
  ...Object.entries(TEXT_FILTERS),
  ...Object.entries(TIME_FILTERS),
  ...Object.entries(NUMBER_FILTERS),
  ...Object.entries(SLACK_FILTERS),
])

const NEED_AN_ARGUMENT = ['append', 'prepend']

/** Why a filter cannot be used like this and what can instead; null for one that can. */
export function filterProblem({ name, args }: { name: string; args: readonly unknown[] }): string | null {
  const removed = REMOVED_FILTERS.get(name)
  if (removed !== undefined) return `the filter "${name}" is not available: ${removed}`
  if (!MESSAGE_FILTERS.has(name)) {
    return `unknown filter "${name}"${didYouMean(name, [...MESSAGE_FILTERS.keys()])}`
  }
  if (NEED_AN_ARGUMENT.includes(name) && args.length !== 1) return `write what to add: ${name}: "text"`
  return null
}
