import { defaulted, required } from './option.ts'
import { duration, id, integer } from './scalar.ts'

/** What bellhop sends by itself, once for the whole group. */

export const canaryShape = {
  destination: required(id(), {
    type: 'id',
    description:
      'Where its message goes: best a destination that nothing else uses. On a blackhole it stops before Slack.',
    example: 'ops-canary',
  }),
  every: defaulted(duration({ min: '5s', max: '1d' }), '1m', {
    type: 'duration',
    description: 'How often it is sent, at full minutes for `1m`, whichever process sends it.',
    example: '30s',
  }),
}

export const notifyShape = {
  destination: required(id(), {
    type: 'id',
    description: 'Where bellhop tells of its own troubles: best one whose webhook nothing else uses.',
    example: 'ops',
  }),
  oldest_message: defaulted(duration({ min: '10s', max: '30d' }), '10m', {
    type: 'duration',
    description: 'A destination whose oldest message has waited for longer is told of.',
    example: '30m',
  }),
  dead_letters: defaulted(integer({ min: 1, max: 1_000_000 }), '10', {
    type: 'whole number',
    description: 'So many dead letters within ten minutes, over all processes, are told of.',
    example: '1',
  }),
}
