import type { Emitter } from 'liquidjs'
import { SlackMarkup } from './slack-markup.ts'

/** Far more than a message holds: what a template writes beyond it is left out. */
const MAX_LENGTH = 1_000_000

/** Collects what a template writes: text is the author's own and stands as it is, SlackMarkup likewise. */
export class MessageEmitter implements Emitter {
  /** As it is sent to Slack. */
  buffer = ''
  #plain = ''

  write(written: unknown): void {
    if (this.buffer.length > MAX_LENGTH) return
    if (written instanceof SlackMarkup) {
      this.buffer += written.markup
      this.#plain += written.plain
    } else {
      this.buffer += String(written)
      this.#plain += String(written)
    }
  }

  toMarkup(): SlackMarkup {
    return new SlackMarkup(this.buffer, this.#plain)
  }
}
