import type { EventCause } from '../../core/outcome.ts'
import type { NonEmpty } from './draw.ts'

/** What a broken producer leaves on a topic now and then, and the cause its dead letter must carry. */
export interface Poison {
  raw: Buffer
  cause: EventCause
}

/** On a topic of JSON. */
export const JSON_POISON: NonEmpty<Poison> = [
  textPoison('{"type":"track","event":"Order Completed","properties":{"total":9', 'not_json'),
  textPoison('ERROR 2024-05-01 12:00:00 producer: Signed Up could not be serialised', 'not_json'),
  textPoison('', 'not_json'),
  textPoison('[{"type":"track","event":"Order Completed","properties":{"total":900}}]', 'not_an_object'),
  textPoison('"Signed Up"', 'not_an_object'),
  textPoison('42', 'not_an_object'),
  textPoison(
    `{"type":"track","event":"Signed Up","properties":{"name":"${'x'.repeat(70_000)}"}}`,
    'too_large',
  ),
]

/** On a topic of Avro, beside what only its encoder can spoil. */
export const AVRO_POISON: NonEmpty<Poison> = [
  textPoison('{"type":"track","event":"Signed Up","properties":{"name":"Ada"}}', 'bad_avro'),
  textPoison('ERROR 2024-05-01 12:00:00 producer: Signed Up could not be serialised', 'bad_avro'),
  textPoison('', 'bad_avro'),
]

function textPoison(text: string, cause: EventCause): Poison {
  return { raw: Buffer.from(text), cause }
}
