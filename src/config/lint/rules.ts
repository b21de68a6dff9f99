/** What `check` warns of: each is explained in docs/warnings.md, under its name. */
export const IGNORABLE_RULES = [
  'busy-call',
  'no-anchor',
  'malformed-glob',
  'keyword-as-field',
  'raw-output',
  'same-text',
  'no-link',
  'no-owner',
  'no-test',
  'crowded-destination',
] as const

/** All of them; that an `ignore` silences nothing is the one that cannot be silenced. */
export const LINT_RULES = [...IGNORABLE_RULES, 'unused-ignore'] as const

export type IgnorableRule = (typeof IGNORABLE_RULES)[number]
export type LintRule = (typeof LINT_RULES)[number]
