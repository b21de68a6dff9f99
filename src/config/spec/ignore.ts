import { IGNORABLE_RULES } from '../lint/rules.ts'
import { listOf, optional } from './option.ts'
import { choice } from './scalar.ts'

/** Stands on what a warning is about. */
export const ignoreOption = () =>
  optional(listOf(choice(IGNORABLE_RULES)), {
    type: 'list of warnings',
    description: 'Warnings of `bellhop check` that are not given here, by their names: docs/warnings.md.',
    example: '[no-link]',
  })
