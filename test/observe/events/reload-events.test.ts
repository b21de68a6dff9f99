import { createReloadEvents } from '../../../src/observe/events/reload-events.ts'
import { testEventLines } from '../support/event-lines.ts'

const AT_MS = 1_760_000_000_500
const problem = {
  file: 'bellhop.yaml',
  line: 12,
  column: 5,
  message: 'actions.a.trigger: an operator is missing',
  excerpt: '  12 |     trigger: type\n     |              ^',
}
const WHOLE_FILE = { file: 'more.yaml', line: 0, column: 0, message: 'cannot be read', excerpt: '' }
const RELOADS = 'bellhop_config_reloads_total'

testEventLines(createReloadEvents, [
  {
    happens: (o) => o.configReloading({ cause: 'signal' }),
    level: 'info',
    msg: 'SIGHUP: reading the configuration again (SIGTERM or SIGINT stops bellhop)',
    fields: { event: 'configReloading', cause: 'signal' },
  },
  {
    happens: (o) => o.configReloading({ cause: 'file_change' }),
    level: 'info',
    msg: 'a file of the configuration has changed: reading it again',
    fields: { event: 'configReloading', cause: 'file_change' },
  },
  {
    happens: (o) =>
      o.configApplied({
        version: 'b',
        previous: 'a',
        actions: { added: 2, changed: 1, removed: 0 },
        destinations: { added: 0, changed: 3, removed: 4 },
        durationMs: 12,
        atMs: AT_MS,
      }),
    level: 'info',
    msg: 'the new configuration is at work: actions 2 added, 1 changed, 0 removed; destinations 0 added, 3 changed, 4 removed',
    fields: { event: 'configApplied', config_version: 'b', previous: 'a', duration_ms: 12 },
    metric: [RELOADS, { result: 'applied' }, 1],
  },
  {
    happens: (o) =>
      o.configApplied({
        version: 'b',
        previous: 'a',
        actions: { added: 0, changed: 0, removed: 0 },
        destinations: { added: 0, changed: 0, removed: 0 },
        durationMs: 12,
        atMs: AT_MS,
      }),
    level: 'info',
    msg: 'the new configuration is at work: other options have changed, no action and no destination',
    fields: { event: 'configApplied', actions: { added: 0, changed: 0, removed: 0 } },
    metric: [RELOADS, { result: 'applied' }, 1],
  },
  {
    happens: (o) => o.configUnchanged({ version: 'a', atMs: AT_MS }),
    level: 'info',
    msg: 'the configuration is what it was: nothing to do',
    fields: { event: 'configUnchanged', config_version: 'a' },
    metric: ['bellhop_config_last_reload_success_timestamp_seconds', {}, AT_MS / 1_000],
  },
  {
    happens: (o) => o.configWarned({ problem }),
    level: 'warn',
    msg: 'bellhop.yaml:12:5: actions.a.trigger: an operator is missing',
    fields: { event: 'configWarned', file: 'bellhop.yaml', line: 12, column: 5, excerpt: problem.excerpt },
  },
  {
    happens: (o) => o.configProblem({ problem: WHOLE_FILE }),
    level: 'error',
    msg: 'more.yaml: cannot be read',
    fields: { event: 'configProblem', file: 'more.yaml' },
  },
  {
    happens: (o) => o.configInvalid({ problems: 2 }),
    level: 'error',
    msg: 'the new configuration is refused, and the one before stays at work: 2 errors',
    fields: { event: 'configInvalid', problems: 2 },
    metric: [RELOADS, { result: 'refused' }, 1],
  },
  {
    happens: (o) => o.configNeedsRestart({ options: ['kafka.prefix', 'http'] }),
    level: 'error',
    msg: 'the new configuration is refused, and the one before stays at work: restart bellhop to change kafka.prefix, http',
    fields: { event: 'configNeedsRestart', options: ['kafka.prefix', 'http'] },
    metric: ['bellhop_config_last_reload_successful', {}, 0],
  },
  {
    happens: (o) => o.configReloadFailed({ error: new Error('a bug') }),
    level: 'error',
    msg: 'the configuration could not be reloaded, and the one before stays at work',
    fields: { event: 'configReloadFailed', error: { message: 'a bug' } },
    metric: [RELOADS, { result: 'refused' }, 1],
  },
])
