import { describe, expect, it } from 'vitest'
import { actionWith, configOf, KAFKA, loadText, problemsOf, SALES } from './load-text.ts'

const QUOTE_IT = 'quote it or use >-'

describe('a trigger or message that YAML misreads', () => {
  it.each([
    ['trigger: !contains(event, "x")', '5:14 trigger: YAML takes the ! for a tag'],
    ['trigger: ! contains(event, "x")', '5:14 trigger: YAML takes the ! for a tag'],
    ['trigger: !(type = "track")', '5:14 trigger: YAML takes the ! for a tag'],
    ['trigger: "Order" = event', '5:14 trigger: YAML takes the first quotes for the whole text'],
    ["trigger: 'Order' = event", '5:14 trigger: YAML takes the first quotes for the whole text'],
    ['trigger: [1, 2] = properties.list', '5:14 trigger: YAML takes the [ for a list'],
    ['trigger: [true]', '5:14 trigger: YAML takes the [ for a list'],
    ['trigger: event = "Order: x"', '5:28 trigger: YAML takes the ": " for a map'],
    ['trigger: event = "x" and\n  y = "Order: x"', '6:17 trigger: YAML takes the ": " for a map'],
    ['trigger: "never closed', '5:14 trigger: YAML takes the first quotes for the whole text'],
    ['message: {{$.properties.name}} ordered', '5:14 message: YAML takes the { for a map'],
    ['message: {{$.properties.name}}', '5:14 message: YAML takes the { for a map'],
    ['message: [VIP] {{$.name}}', '5:14 message: YAML takes the [ for a list'],
    ['message: "Hi" {{$.name}}', '5:14 message: YAML takes the first quotes for the whole text'],
    ["message: 'tis {{$.name}}", '5:14 message: YAML takes the first quotes for the whole text'],
    ['message: *bold* {{$.name}}', '5:14 message: YAML takes the * for an alias'],
    ['message: Order: {{$.id}}', '5:19 message: YAML takes the ": " for a map'],
    ['message: Note:', '5:18 message: YAML takes the ": " for a map'],
    ['message: hi :tada:', '5:22 message: YAML takes the ": " for a map'],
    ['message: New order in #sales', '5:27 message: YAML takes the # for a comment'],
    ['message: > 5 orders', '5:14 message: YAML takes the > for a block'],
    ['message: - {{$.name}}', '5:14 message: YAML takes the - for a list'],
    ['message: @here {{$.name}}', '5:14 message: YAML takes the @ for something reserved'],
    ['message: `code`', '5:14 message: YAML takes the ` for something reserved'],
    ['message: %x', '5:14 message: YAML takes the % for a directive'],
    ['message:\n  {{$.name}} ordered', '6:7 message: YAML takes the { for a map'],
  ])('%s', async (lines, expected) => {
    const other = lines.startsWith('trigger') ? 'message: hi\n' : 'trigger: "true"\n'
    expect(problemsOf(await loadText(actionWith(`${lines}\n${other}`)))).toEqual([`${expected}: ${QUOTE_IT}`])
  })

  it('does not hide what is wrong elsewhere', async () => {
    const text = `${actionWith('trigger: "Order" = event\nmessage: {{ x }} y\ndestination: sals\n')}
  - id: b
    trigger: type =
    message: "ok"
`
    expect(problemsOf(await loadText(text))).toEqual([
      `5:14 trigger: YAML takes the first quotes for the whole text: ${QUOTE_IT}`,
      `6:14 message: YAML takes the { for a map: ${QUOTE_IT}`,
      '7:18 actions.a.destination: there is no destination "sals"; did you mean "sales"?',
      expect.stringMatching(/^10:20 actions\.b\.trigger: /),
    ])
  })

  it('is reported up to the fiftieth', async () => {
    const actions = Array.from({ length: 60 }, (_, index) => `  - id: a${index}\n    message: "x" y\n`)
    const problems = problemsOf(await loadText(`${KAFKA}${SALES}actions:\n${actions.join('')}`))
    expect(problems.filter((problem) => problem.endsWith(QUOTE_IT))).toHaveLength(50)
    expect(problems).toHaveLength(51)
  })

  it('is reported less often in a large file, which has to be read again for each', async () => {
    const actions = Array.from({ length: 60 }, (_, index) => `  - id: a${index}\n    message: "x" y\n`)
    const filler = `# ${'x'.repeat(400_000)}\n`
    const problems = problemsOf(await loadText(`${KAFKA}${SALES}${filler}actions:\n${actions.join('')}`))
    expect(problems.filter((problem) => problem.endsWith(QUOTE_IT))).toHaveLength(4)
  })

  it('is found in a file that begins with an empty line', async () => {
    const problems = problemsOf(await loadText(`\n${actionWith('trigger: "never closed\n')}`))
    expect(problems).toContainEqual(expect.stringContaining('YAML takes the first quotes for the whole text'))
  })

  it('that a # cuts short is told of it when what is left is no trigger', async () => {
    const problems = problemsOf(await loadText(actionWith('trigger: event = "A #1"\nmessage: hi\n')))
    expect(problems).toEqual([
      expect.stringMatching(/YAML takes the # for a comment: quote the trigger or use >-$/),
    ])
  })

  it.each([
    ['a comment behind a whole trigger', 'trigger: type = "track" # everything\nmessage: hi\n'],
    ['a comment behind the head of a block', 'trigger: "true"\nmessage: >- # greeting\n  hi #1: {{ x }}\n'],
    ['a comment behind quotes', 'trigger: "true" # all\nmessage: "hi" # greeting\n'],
    ['an anchor', 'trigger: &all "true"\nmessage: hi\n'],
    ['a tag that says text', 'trigger: !!str true\nmessage: hi\n'],
    ['a colon without a space', 'trigger: "true"\nmessage: at 10:30\n'],
  ])('is not: %s', async (_, lines) => {
    expect(problemsOf(await loadText(actionWith(lines)))).toEqual([])
  })
})

describe('what is no YAML, or no configuration', () => {
  it.each([
    [
      'a tab as indentation, on each line',
      'kafka:\n\tbrokers: x\n\tprefix: y\n',
      ['2:1 a tab cannot indent in YAML: use spaces', '3:1 a tab cannot indent in YAML: use spaces'],
    ],
    ['a colon without a space', 'kafka:x\nhttp: y\n', ['1:1 a key needs a colon and a space behind it']],
    [
      'an open bracket',
      'kafka: { brokers: x\nhttp: y\n',
      ['2:1 the indentation does not fit what is above, or a closing bracket is missing'],
    ],
    [
      'an open quote, where it opens',
      'kafka:\n  prefix: "x\n  client_id: y\n',
      ['2:11 the closing quote is missing'],
    ],
    [
      'a key too far to the right',
      'kafka:\n  prefix: x\n    client_id: y\n',
      ['2:11 the indentation does not fit what is above, or a value with ": " in it needs quotes'],
    ],
    [
      'an unknown escape',
      'kafka: { prefix: "\\q" }\n',
      ['1:19 an unknown escape: in double quotes a backslash is written twice'],
    ],
    [
      'a value that begins with a reserved character',
      'http: @x\n',
      ['1:7 a value cannot begin with this character: quote it'],
    ],
    ['a second document', `${KAFKA}---\n${SALES}`, ['2:1 a second document begins here: one file holds one']],
    [
      'a variable in braces without quotes',
      'destinations: { a: { token: ${TOKEN}, channel: x } }\n',
      ['1:30 between { and } a ${VAR} needs quotes'],
    ],
    [
      'a trigger in braces without quotes',
      'actions: [{ id: a, trigger: !contains(event, "x"), message: hi }]\n',
      ['1:49 between { and } a trigger or message needs quotes'],
    ],
    ['nothing', '', ['1:1 the file is empty: a configuration is a map with kafka, destinations and actions']],
    [
      'nothing but comments',
      '# later\n',
      ['1:1 the file is empty: a configuration is a map with kafka, destinations and actions'],
    ],
    [
      'a list',
      '- kafka\n',
      ['1:1 the file holds a list: a configuration is a map with kafka, destinations and actions'],
    ],
    [
      'a single value',
      'kafka\n',
      ['1:1 the file holds a single value: a configuration is a map with kafka, destinations and actions'],
    ],
    ['a key twice', `${KAFKA}${KAFKA}`, ['2:1 this key stands on line 1 already']],
    ['a key that is a list', `${KAFKA}? [a]\n: b\n`, ['2:3 a key must be text']],
    [
      'a tag',
      'kafka: { brokers: !env BROKERS, events: [x] }\n',
      ['1:19 YAML takes the ! for a tag: quote the value'],
    ],
    [
      'an unknown alias',
      'kafka: { brokers: *b, events: [x] }\n',
      ['1:19 no anchor of this name stands above: a text that begins with * must be quoted'],
    ],
    [
      'an alias inside its own anchor',
      `${KAFKA}slack: &a { coalesce: *a }\n`,
      ['2:23 this alias stands inside what it repeats'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(problemsOf(await loadText(text))).toEqual(expected)
  })

  it('refuses an alias bomb, at once and once', async () => {
    const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
    const bomb = levels.map((name, index) => {
      const below = index === 0 ? 'x' : `*${levels[index - 1]}`
      return `  ${name}: &${name} [${Array(10).fill(below).join(', ')}]`
    })
    const problems = problemsOf(await loadText(`${KAFKA}slack:\n${bomb.join('\n')}\n`))
    expect(problems.filter((problem) => problem.includes('alias'))).toEqual([
      expect.stringMatching(/aliases repeat more than 10000 values: write them out$/),
    ])
  })

  it.each([60, 50_000])('refuses nesting %d deep', async (depth) => {
    const problems = problemsOf(await loadText(`kafka: ${'['.repeat(depth)}${']'.repeat(depth)}\n`))
    expect(problems.join('\n')).toMatch(/nested (too|more than 50) deep/)
  })

  it('takes no other YAML type for text: 1.2 knows neither off nor octal numbers', async () => {
    const text = `kafka: { brokers: "a:1", events: [x], client_id: 0o17, prefix: no }\nslack: { rate: off }\n`
    expect(configOf(await loadText(text)).kafka).toMatchObject({ clientId: '0o17', prefix: 'no' })
  })
})
