import { CAUSE_GUIDE } from '../../dead/cause-guide.ts'
import { idOf } from '../../dead/stored-letter.ts'
import { timeText } from '../wording.ts'
import type { FoundLetter } from './evidence.ts'
import type { ExplainStep } from './explanation.ts'
import { shellCommand, step, type Telling } from './telling.ts'

/** In which dead letter it lies, and what can be done. */
export function letterStep(
  { letter, partition, offset, replayedAt }: FoundLetter,
  telling: Telling,
): ExplainStep {
  const { cause, detail, kind, action, recorded_at: at } = letter
  const { why, remedy, replayable } = CAUSE_GUIDE[cause]
  const whose = kind === 'event' && action !== null ? ` for the action ${action}` : ''
  return step({
    at,
    stage: 'dead_letter',
    tone: replayedAt === null ? 'bad' : 'neutral',
    text:
      replayedAt === null
        ? `It lies in the dead letters${whose}: ${why} (${cause}).`
        : `It was a dead letter${whose} (${cause}), and was replayed ${timeText(replayedAt)}.`,
    details: [
      ...(detail === null ? [] : [`detail: ${detail}`]),
      ...(replayedAt === null ? [`to do: ${remedy}`] : []),
      `letter: ${telling.topics.deadLetters}, partition ${partition}, offset ${offset}`,
    ],
    command:
      replayedAt === null && replayable ? shellCommand(telling, ['dead', 'replay', idOf(letter)]) : null,
  })
}
