import type { DeadLetter, EncodedBytes, RawEvent } from '../../core/records.ts'
import { CAUSE_GUIDE } from '../../dead/cause-guide.ts'
import { coordinatesOf, idOf, isNamedBy, type StoredLetter } from '../../dead/stored-letter.ts'
import { count, cutTo, timeText } from '../../observe/wording.ts'
import { type CommandIo, EXIT } from '../io.ts'
import { type Session, withSession } from '../session.ts'
import { requireId } from './filter-options.ts'
import { openForReading, tellWhatIsForeign, tellWhatIsHidden } from './letters.ts'
import { createOutput, jsonLine, plainText, toJson } from './output.ts'

export interface DeadShowOptions {
  config?: string
  json?: boolean
}

/** `bellhop dead show ID`: everything of the letters with that id. Gives the exit code: 1 where there are none. */
export async function deadShow(text: string, options: DeadShowOptions, io: CommandIo): Promise<number> {
  const id = requireId(text)
  return withSession({ config: options.config, secrets: 'optional' }, io, async (session) => {
    const log = await openForReading(session)
    const output = createOutput(io.stdout)
    let [found, unreadable] = [0, 0]
    try {
      for await (const portion of log.letters()) {
        unreadable += portion.unreadable
        for (const stored of portion.letters.filter(({ letter }) => isNamedBy(letter, id))) {
          if (found > 0 && options.json !== true) await output.line('')
          found += 1
          const lines =
            options.json === true
              ? [jsonLine(toJson(stored), session.mask)]
              : describeLetter(stored, { session, options })
          for (const line of lines) await output.line(line)
        }
        if (!output.open) return EXIT.ok
      }
      await output.flush()
      tellWhatIsHidden(io, log)
      tellWhatIsForeign(io, { unreadable, topic: log.topic })
    } finally {
      await log.close()
    }
    if (found > 0) return EXIT.ok
    io.stderr.write(
      `bellhop: ${log.topic} holds no dead letter of ${text}: it was never given up, or its letter is older than ` +
        'the topic keeps it.\n',
    )
    return EXIT.failed
  })
}

const SHOWN_CHARS = 2_000

/** A letter in plain words, line by line; at the end the command that replays it, where that can help. */
export function describeLetter(
  stored: StoredLetter,
  { session, options }: { session: Pick<Session, 'mask' | 'topics'>; options: DeadShowOptions },
): string[] {
  const { letter, partition, offset, replayed } = stored
  const plain = (text: string): string => cutTo(plainText(text, session.mask), SHOWN_CHARS)
  const { why, remedy, replayable } = CAUSE_GUIDE[letter.cause]
  const rows: [string, string | null][] = [
    ['what', whatOf(letter)],
    ['given up', `${timeText(letter.recorded_at)}${triesOf(letter)}`],
    ['why', `${letter.cause}: ${why}`],
    ['detail', letter.detail],
    ['answer', answerOf(letter)],
    ['to do', remedy],
    ['replayed', replayed ? 'yes: it went back into the flow already' : 'no'],
    ...(letter.message === null ? [] : messageRows(letter.message)),
    ...(letter.event === null ? [] : eventRows(letter.event)),
    ['letter', `${session.topics.deadLetters}, partition ${partition}, offset ${offset}`],
  ]
  const shown = rows.flatMap(([label, text]) =>
    text === null ? [] : [`  ${label.padEnd(9)} ${plain(text)}`],
  )
  const config = options.config === undefined ? '' : ` -c ${options.config}`
  const command = replayed || !replayable ? [] : ['', `  bellhop dead replay${config} ${plain(idOf(letter))}`]
  return [plain(idOf(letter)), '', ...shown, ...command]
}

function whatOf({ kind, action, destination }: DeadLetter): string {
  const of = action === null ? '' : ` of action ${action}`
  const to = destination === null ? '' : ` for destination ${destination}`
  if (kind === 'message') return `a message${of}${to}`
  return action === null ? 'a record that never became a message' : `an event without the message${of}${to}`
}

function triesOf({ kind, attempts }: DeadLetter): string {
  return kind === 'message' ? `, after ${count(attempts, 'attempt')}` : ''
}

function answerOf({ answer }: DeadLetter): string | null {
  if (answer === null) return null
  const said = answer.body === '' ? 'an empty body' : answer.body
  return answer.status === null ? said : `${answer.status}, ${said}`
}

function messageRows(message: NonNullable<DeadLetter['message']>): [string, string | null][] {
  const { event, userId, anonymousId, messageId } = message
  const { text, channel, username } = message.message
  return [
    ['text', text],
    ['channel', channel],
    ['username', username],
    ['event', `${coordinatesOf(event)}, ${timeText(event.timestamp)}`],
    ['userId', userId],
    ['anonymous', anonymousId],
    ['messageId', messageId],
  ]
}

function eventRows(event: RawEvent): [string, string | null][] {
  const held = Buffer.byteLength(event.value.data, event.value.encoding)
  const part = held < event.value_bytes ? `, the first ${held.toLocaleString('en-US')} are here` : ''
  return [
    ['event', `${coordinatesOf(event)}, ${timeText(event.timestamp)}`],
    ['key', event.key === null ? null : readable(event.key)],
    [
      'headers',
      event.headers.length === 0
        ? null
        : event.headers.map(({ name, value }) => `${name}=${readable(value)}`).join(', '),
    ],
    ['size', `${count(event.value_bytes, 'byte')}${part}`],
    ['value', readable(event.value)],
  ]
}

function readable({ encoding, data }: EncodedBytes): string {
  return encoding === 'utf8' ? data : `base64 ${data}`
}
