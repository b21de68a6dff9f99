import * as z from 'zod'
import { UNSET } from '../tree.ts'
import { type OptionDoc, optional } from './option.ts'
import { durationOrOff, scalar, UNSET_TEXT } from './scalar.ts'

/** What may stand under a message. The same options stand on an action and in a destination's `defaults`. */
const TEMPLATE = 'a template (Liquid) of one line, in quotes where it begins with {{'

/** Text as it is written; an empty one takes the destination's away. */
const slotText = (wants: string) =>
  scalar({ wants, placeholder: UNSET_TEXT, parse: (input): string | undefined => input })

const perLabel = () =>
  z.preprocess(
    (input) => (input === null || input === UNSET ? {} : input),
    z.record(z.string(), slotText(TEMPLATE), {
      error: (issue) => (issue.code === 'invalid_type' ? 'must be a map of labels' : undefined),
    }),
  )

const schemas = {
  why: slotText(TEMPLATE),
  fields: perLabel(),
  links: perLabel(),
  next_step: slotText(TEMPLATE),
  owner: slotText(`a user, a group, or ${TEMPLATE}`),
  sla: durationOrOff({ min: '1s', max: '365d' }),
}

const oneLabel: OptionDoc = {
  type: 'Liquid',
  description: 'One line.',
  example: '"{{ $.traits.plan }}"',
  verbatim: true,
}

const docs = {
  why: {
    type: 'Liquid',
    description: 'Why the message is here, on one line.',
    example: '"first order of a customer on {{ $.properties.plan }}"',
    verbatim: true,
  },
  fields: {
    type: 'map of labels, Liquid each',
    description: 'The facts. A field that renders as nothing is left out.',
    example: '{ Plan: "{{ $.traits.plan }}", Seats: "{{ $.traits.seats }}" }',
    each: oneLabel,
  },
  links: {
    type: 'map of labels, an address (Liquid) each',
    description: 'Where to act: http, https or mailto. A link without an address is left out.',
    example: '{ Customer: "https://crm.example.com/people/{{ $.userId | url_encode }}" }',
    each: { ...oneLabel, description: 'An address.', example: '"https://crm.example.com/{{ $.userId }}"' },
  },
  next_step: {
    type: 'Liquid',
    description: 'What to do about it, on one line.',
    example: '"call {{ $.traits.name }} this week"',
    verbatim: true,
  },
  owner: {
    type: "a user's or user group's id, or Liquid",
    description:
      'Whose it is: the id of a user (U024BE7LH) or user group (S0614TZR7) is mentioned, and so notified; anything else stands as text.',
    example: 'S0614TZR7',
    verbatim: true,
  },
  sla: {
    type: 'duration or off',
    description: "Who answers does so within this (1s to 365d) of the event; shown in each reader's time.",
    example: '4h',
  },
} satisfies Record<keyof typeof schemas, OptionDoc>

/** Of an action. */
export const playbookShape = {
  why: optional(schemas.why, inherited('why')),
  fields: optional(schemas.fields, inherited('fields')),
  links: optional(schemas.links, inherited('links')),
  next_step: optional(schemas.next_step, inherited('next_step')),
  owner: optional(schemas.owner, inherited('owner')),
  sla: optional(schemas.sla, inherited('sla')),
}

function inherited(name: keyof typeof docs): OptionDoc {
  return { ...docs[name], otherwise: "the destination's `defaults`" }
}

/** Of a destination; schemas of their own, since one schema has one documentation. */
export const playbookDefaultsShape = {
  why: optional(schemas.why, docs.why),
  fields: optional(schemas.fields, docs.fields),
  links: optional(schemas.links, docs.links),
  next_step: optional(schemas.next_step, docs.next_step),
  owner: optional(schemas.owner, docs.owner),
  sla: optional(schemas.sla, docs.sla),
}
