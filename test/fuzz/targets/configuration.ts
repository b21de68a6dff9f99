import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { starterFiles } from '../../../src/author/init-config.ts'
import { formatProblems, loadConfig } from '../../../src/config/load.ts'
import { OPTION_NAMES } from '../../../src/config/spec/config-spec.ts'
import { mutatedText, soup } from '../mutate.ts'
import { type Growing, requireCleanPrototypes, type Target } from '../target.ts'

/** Whole configurations from the documentation and from what ships. */
const PAGES = ['../../../README.md', '../../../docs/configuration.md', '../../../docs/operations.md']
const CORPUS = [
  ...PAGES.flatMap((page) => {
    const text = readFileSync(new URL(page, import.meta.url), 'utf8')
    return [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block)
  }),
  readFileSync(new URL('../../../deploy/compose/bellhop.yaml', import.meta.url), 'utf8'),
  starterFiles({ brokers: 'localhost:9092', topic: 'analytics.events', registry: null }).config,
  `kafka: { brokers: "b:1", events: [a, { topic: b, start: earliest }], tls: { ca: x }, sasl: { mechanism: plain, username: u, password: "\${PASSWORD}" } }
slack: { allow_origins: ["http://127.0.0.1:1"], rate: 1/s, coalesce: { max_messages: 3 }, retry_for: 1h }
destinations: { a: { webhook_url: "\${HOOK}" }, b: { token: "\${TOKEN}", channel: "#c" }, c: { type: blackhole } }
actions: [{ id: x, trigger: 'type = "track"', message: "{{ $.a }}", destination: [a, b], topics: [a] }, { id: y, trigger: "true", message: hi, webhook_url: "\${HOOK}" }]
`,
]

/** No text that a person gets may hold one. */
const SECRETS = {
  HOOK: 'https://hooks.slack.com/services/T0MARKER0/B0MARKER0/xMARKERxMARKERxMARKER00',
  TOKEN: 'xoxb-00MARKER00-MARKER',
  PASSWORD: 'pa55-MARKER-w0rd',
  SALES_WEBHOOK_URL: 'https://hooks.slack.com/services/T1MARKER1/B1MARKER1/yMARKERyMARKERyMARKER11',
}

const PIECES = [
  ...[...OPTION_NAMES].flatMap((name) => [`${name}:`, `\n${name}: `, `\n  ${name}: `]),
  '\n',
  '\n  ',
  '\n    ',
  '  ',
  '- ',
  '\n- ',
  '\n  - ',
  ': ',
  ':',
  '#',
  ' #',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ',',
  '&a ',
  '*a',
  '<<: *a',
  '!',
  '!!str ',
  '|',
  '>-',
  '|-\n',
  '? ',
  '---',
  '...',
  '%YAML 1.2\n',
  '\t',
  '\r\n',
  '\ufeff',
  '${',
  '}',
  '${HOOK}',
  '${TOKEN}',
  '${PASSWORD}',
  '${X}',
  '${X:-y}',
  '${file:/dev/null}',
  '${file:nowhere}',
  '$${',
  '{{',
  '{{ $.a | upcse }}',
  '{% if',
  '__proto__',
  '__proto__: ',
  'constructor: ',
  'toString: ',
  'null',
  '~',
  'true',
  'false',
  'off',
  '1',
  '10s',
  '1MiB',
  '1/s',
  'https://hooks.slack.com/services/x',
  'http://127.0.0.1:1',
  'type = "track"',
  'type == 1',
  '\u0000',
  '\u2028',
  '🎉',
  '\\',
  '@',
  '`',
]

const text = fc.oneof(
  { weight: 8, arbitrary: mutatedText(CORPUS, PIECES) },
  { weight: 2, arbitrary: soup(PIECES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)

/** Asked for each case: files are read where they are named, so it takes a folder. */
function createLoader() {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-fuzz-'))
  const path = join(folder, 'bellhop.yaml')
  const load = async (content: string, secrets: 'required' | 'optional') => {
    writeFileSync(path, content)
    return loadConfig(path, { env: SECRETS, secrets })
  }
  return { load, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

type Load = ReturnType<typeof createLoader>['load']

async function check(
  load: Load,
  { text, secrets }: { text: string; secrets: 'required' | 'optional' },
): Promise<void> {
  const loaded = await load(text, secrets)
  const problems = loaded.kind === 'invalid' ? loaded.problems : loaded.warnings
  if (loaded.kind === 'invalid' && problems.length === 0) throw new Error('refused without a reason')
  const lines = text.split('\n').length
  for (const { line, column, message } of problems) {
    const isPlaced = line >= 0 && line <= lines + 1 && column >= 0
    if (!isPlaced || message === '')
      throw new Error(`a problem without a place or a sentence: ${line}:${column} ${message}`)
  }
  const said = formatProblems(problems)
  if (said.includes('MARKER') && !text.includes('MARKER')) throw new Error(`a secret is shown: ${said}`)
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/.test(said)) {
    throw new Error('a control character reaches the terminal')
  }
}

const REPEATED = [
  '- ',
  '[',
  '{',
  '{a: ',
  'a:\n',
  'a: b\n',
  '- a\n',
  '"',
  "'",
  '? ',
  '&a ',
  '*a ',
  '!',
  '|',
  ' ',
  '\n',
  '\t',
  '#',
  '${',
  '${A',
  '${A:-',
  '$',
  'a: ${A:-b}\n',
  ': ',
  ',',
  'destinations:\n',
  '  trigger: !x\n',
  'message: {{ x }}\n',
  '  message: "\n',
  'a: {{\n',
  'actions:\n  - trigger: !\n',
  '\n ',
  'é',
  '>-\n',
  "trigger: '\n",
]

function growing(load: Load): Growing[] {
  return REPEATED.map((piece) => ({
    what: `a configuration of ${JSON.stringify(piece)}`,
    most: 32_768,
    ofSize: (size) => piece.repeat(Math.max(1, Math.floor(size / piece.length))),
    run: async (input) => void (await load(`kafka: x\n${String(input)}`, 'optional')),
  }))
}

export function createConfigurationTarget(): Target {
  const { load, remove } = createLoader()
  return {
    name: 'configuration',
    close: remove,
    growing: growing(load),
    property: (watch) =>
      fc.asyncProperty(
        fc.record({ text, secrets: fc.constantFrom<('required' | 'optional')[]>('required', 'optional') }),
        async (input) => {
          watch(input)
          await check(load, input)
          requireCleanPrototypes()
        },
      ),
  }
}
