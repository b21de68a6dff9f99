import { apiRateLimited, apiRefusal, OK, type Reply, webhookRateLimited, webhookRefusal } from './answers.ts'
import type { Judged } from './desk.ts'
import type { Route } from './intake.ts'
import type { Fault } from './switches.ts'

/** What a fault makes of a whole request; the desk is asked only where the fault lets the request through. */
export function judgeUnder(fault: Fault | null, route: Route, judge: () => Judged): Judged {
  const isApi = route.kind === 'api'
  switch (fault?.kind) {
    case undefined:
    case 'slow':
      return judge()
    case 'hang':
      return fault.record === true ? judge() : refused(OK)
    case 'reset':
      return fault.when === 'after_record' ? judge() : refused(OK)
    case 'gone':
      return refused(isApi ? apiRefusal('channel_not_found') : gone(fault))
    case 'flaky':
      return refused(webhookRefusal('rollup_error'))
    case 'rate_limited':
      return refused((isApi ? apiRateLimited : webhookRateLimited)(fault.retryAfterSeconds))
    case 'answer': {
      const { status, body, headers = {} } = fault
      const accepted = fault.record === true && judge().accepted
      return { reply: { status, body, headers, word: body.slice(0, 80) }, accepted }
    }
  }
}

function gone({ status = 404, body = 'no_service' }: Extract<Fault, { kind: 'gone' }>): Reply {
  return { status, body, headers: { 'content-type': 'text/html' }, word: body }
}

function refused(reply: Reply): Judged {
  return { reply, accepted: false }
}
