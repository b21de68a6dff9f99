import { createProcessEvents } from '../../../src/observe/events/process-events.ts'
import { testEventLines } from '../support/event-lines.ts'

testEventLines(createProcessEvents, [
  {
    happens: (o) => o.destinationInsecure({ destination: 'sales' }),
    level: 'warn',
    msg: 'sales takes any certificate (insecure_skip_verify): whoever stands in between can read its messages and its secret',
    fields: { event: 'destinationInsecure', destination: 'sales' },
  },
  {
    happens: (o) =>
      o.started({ stages: ['match', 'dispatch'], configVersion: 'abc', http: 'http://127.0.0.1:9464' }),
    level: 'info',
    msg: 'bellhop started: match and dispatch, health and metrics on http://127.0.0.1:9464',
    fields: { event: 'started', stages: ['match', 'dispatch'], config_version: 'abc' },
  },
  {
    happens: (o) => o.stopping({ signal: 'SIGTERM' }),
    level: 'info',
    msg: 'stopping on SIGTERM: posts in flight are finished first',
    fields: { event: 'stopping', signal: 'SIGTERM' },
  },
  {
    happens: (o) => o.stopped({ durationMs: 1200 }),
    level: 'info',
    msg: 'stopped after 1.2 s',
    fields: { event: 'stopped', duration_ms: 1200 },
  },
])
