import type { MessageView } from '../../../../src/observe/overview/overview.ts'
import { fakeMessage, seeded } from './fake-overview.ts'

/** A delivered message of this text; its id follows from it. */
export function fakeMessageOf(text: string, more: Partial<MessageView> = {}): MessageView {
  return {
    ...fakeMessage(Date.now(), 7, seeded(1)),
    id: `events:0:${text.replace(/\W/g, '')}:order-completed:sales`,
    action: 'order-completed',
    destination: 'sales',
    outcome: 'delivered',
    cause: null,
    detail: null,
    breaker: 'closed',
    attempts: 1,
    postMessages: 1,
    status: 200,
    text,
    ...more,
  }
}
