import { describe, expect, it } from 'vitest'
import { plainKey } from '../../../src/match/json-path/json-path.ts'
import { MAX_TRIGGER_DEPTH, MAX_TRIGGER_LENGTH, parseExpression } from '../../../src/match/trigger/parser.ts'
import { TriggerError } from '../../../src/match/trigger/trigger-error.ts'

function errorOf(text: string): TriggerError {
  try {
    parseExpression(text)
  } catch (error) {
    if (error instanceof TriggerError) return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

/** The tree as text, fully parenthesized. */
function shape(text: string): string {
  return print(parseExpression(text))
}

function print(node: ReturnType<typeof parseExpression>): string {
  switch (node.kind) {
    case 'and':
    case 'or':
      return `(${node.operands.map(print).join(` ${node.kind} `)})`
    case 'not':
      return `!${print(node.operand)}`
    case 'comparison':
      return `(${print(node.left)} ${node.operator} ${print(node.right)})`
    case 'literal':
      return JSON.stringify(node.value)
    case 'list':
      return `[${node.items.map(print).join(',')}]`
    case 'path':
      return node.path.map((segment) => plainKey(segment) ?? '*').join('.')
    case 'call':
      return `${node.name}(${node.args.map(print).join(',')})`
  }
}

describe('the tree', () => {
  it.each([
    { name: '`and` binds tighter than `or`', text: 'a or b and c or d', tree: '(a or (b and c) or d)' },
    {
      name: 'parentheses group',
      text: '(a or b) and (c or (d and e))',
      tree: '((a or b) and (c or (d and e)))',
    },
    {
      name: '`!` before a group takes the whole group',
      text: '!( a = 1 and b ) or c',
      tree: '(!((a = 1) and b) or c)',
    },
    { name: '`!` takes the comparison behind it', text: '!a = 1 and b', tree: '(!(a = 1) and b)' },
    { name: '`!` with and without spaces', text: '! ! !a', tree: '!!!a' },
    { name: 'a long chain is one node', text: 'a and b and c', tree: '(a and b and c)' },
    {
      name: 'no spaces around operators',
      text: 'a!=1 and b>=-2 or c<+3.5',
      tree: '(((a != 1) and (b >= -2)) or (c < 3.5))',
    },
    { name: 'a sign belongs to the number', text: 'a>-1 and b=-1', tree: '((a > -1) and (b = -1))' },
    { name: 'quotes end words', text: 'a="x"and b=\'y\'or c', tree: '(((a = "x") and (b = "y")) or c)' },
    { name: 'lines and tabs are spaces', text: 'a\r\n\t=\n1\n', tree: '(a = 1)' },
    { name: 'a no-break space is a space', text: 'a\u00a0= 1', tree: '(a = 1)' },
    {
      name: 'words that begin with a keyword',
      text: 'android or nullify or inside',
      tree: '(android or nullify or inside)',
    },
    { name: 'a hyphen in a name', text: 'properties.is-new', tree: 'properties.is-new' },
    { name: 'spaces around dots', text: 'context . page.\n path', tree: 'context.page.path' },
    {
      name: 'keywords after a dot are names',
      text: 'properties.null.in.and = null',
      tree: '(properties.null.in.and = null)',
    },
    { name: 'an escaped keyword is a name', text: '\\null = \\and', tree: '(null = and)' },
    {
      name: 'escapes in names',
      text: 'properties.product\\ 1.\\2fa.a\\.b.\\🎉',
      tree: 'properties.product 1.2fa.a.b.🎉',
    },
    {
      name: 'a function name without parentheses is a field',
      text: 'length = match.string',
      tree: '(length = match.string)',
    },
    { name: 'a function may stand before a space', text: 'length (a)', tree: 'length(a)' },
    { name: 'calls in calls', text: "match(lowercase(a), 'x*')", tree: 'match(lowercase(a),"x*")' },
    {
      name: 'a group as an argument',
      text: 'typeof((a = 1)) = typeof(b = 2)',
      tree: '(typeof((a = 1)) = typeof((b = 2)))',
    },
    {
      name: 'lists of anything',
      text: "a in [ 'x' ,1, null,b.c,[true], length(d) ]",
      tree: '(a in ["x",1,null,b.c,[true],length(d)])',
    },
    { name: 'an empty list', text: 'a in []', tree: '(a in [])' },
    {
      name: 'strings keep backslashes and the other quote',
      text: `a = "it's \\n" or a = '"'`,
      tree: '((a = "it\'s \\\\n") or (a = "\\""))',
    },
    { name: 'a string over two lines', text: 'a = "x\ny"', tree: '(a = "x\\ny")' },
    { name: 'a JSONPath is a path', text: '$.traits.plan = $["a b"]', tree: '(traits.plan = a b)' },
    { name: 'a literal alone', text: 'true', tree: 'true' },
  ])('$name: $text', ({ text, tree }) => {
    expect(shape(text)).toBe(tree)
  })
})

describe('errors', () => {
  it.each([
    {
      name: 'empty',
      text: '',
      at: [1, 1],
      says: 'expected a field, a value, a function or `(`, found the end',
    },
    { name: 'only spaces', text: ' \n ', at: [1, 1], says: 'found the end' },
    {
      name: 'the end is where the text ends, not its trailing lines',
      text: 'a and\n\n',
      at: [1, 6],
      says: 'found the end',
    },
    {
      name: 'an operator FQL has not',
      text: 'type * "32456"',
      at: [1, 6],
      says: 'expected an operator, `and`, `or` or the end of the trigger, found `*`',
    },
    { name: '&&', text: 'a && b', at: [1, 3], says: 'FQL writes `and`' },
    { name: '||', text: 'a = 1 || b', at: [1, 7], says: 'FQL writes `or`' },
    { name: '==', text: 'a == 1', at: [1, 4], says: 'FQL writes `=`' },
    { name: '!==', text: 'a !== 1', at: [1, 5], says: 'FQL writes `!=`' },
    { name: '<>', text: 'a <> 1', at: [1, 4], says: 'FQL writes `!=`' },
    { name: '=>', text: 'a => 1', at: [1, 4], says: 'FQL writes `>=`' },
    { name: '=<', text: 'a =< 1', at: [1, 4], says: 'FQL writes `<=`' },
    { name: 'AND', text: 'a = 1 AND b', at: [1, 7], says: 'keywords are lower case: `and`' },
    { name: 'IN', text: 'a IN [1]', at: [1, 3], says: 'keywords are lower case: `in`' },
    { name: 'not in', text: 'a not in [1]', at: [1, 3], says: 'FQL negates with `!`' },
    { name: '!in', text: 'a !in [1]', at: [1, 3], says: 'stands before the whole comparison' },
    { name: 'a negation on the right', text: 'a < !b', at: [1, 5], says: 'found `!`' },
    { name: 'is null', text: 'a is null', at: [1, 3], says: 'FQL writes `=`' },
    {
      name: 'a function written as an operator',
      text: 'event contains "x"',
      at: [1, 7],
      says: '`contains( … )`',
    },
    { name: 'curly double quotes', text: 'a = “x”', at: [1, 5], says: 'straight quotes' },
    { name: 'curly single quotes', text: 'a = ‘x’', at: [1, 5], says: 'straight quotes' },
    {
      name: 'a letter that needs an escape',
      text: 'properties.größe',
      at: [1, 14],
      says: 'such a character is escaped: `\\ö`',
    },
    { name: 'a template', text: '{{ a }}', at: [1, 1], says: 'belongs in the message' },
    { name: 'a string that is not closed', text: 'a = "x', at: [1, 5], says: 'expected a closing `"`' },
    {
      name: 'a string closed by the other quote',
      text: 'a = "x\'',
      at: [1, 5],
      says: 'expected a closing `"`',
    },
    {
      name: 'a decimal point without digits',
      text: 'a = 5.',
      at: [1, 7],
      says: 'expected a digit after the decimal point',
    },
    { name: 'two decimal points', text: 'a = 5.0.1', at: [1, 8], says: 'found `.`' },
    { name: 'no digits before the decimal point', text: 'a = .5', at: [1, 5], says: 'found `.`' },
    {
      name: 'a number that is no number',
      text: `a = 1${'0'.repeat(400)}`,
      at: [1, 5],
      says: 'expected a smaller number',
    },
    { name: 'a lone sign', text: 'a = - 5', at: [1, 5], says: 'found `-`; FQL has no arithmetic' },
    { name: 'arithmetic', text: 'a + 5 = 6', at: [1, 3], says: 'FQL has no arithmetic' },
    {
      name: 'a group that is not closed',
      text: '(type = "track"',
      at: [1, 16],
      says: 'expected `and`, `or` or `)`, found the end',
    },
    { name: 'a group closed twice', text: '(a))', at: [1, 4], says: 'found `)`' },
    { name: 'an empty group', text: '()', at: [1, 2], says: 'found `)`' },
    { name: 'a chain of comparisons', text: '1 < a < 3', at: [1, 7], says: 'comparisons do not chain' },
    {
      name: 'a second trigger',
      text: 'a = 1 b = 2',
      at: [1, 7],
      says: 'expected `and`, `or` or the end of the trigger, found `b`',
    },
    { name: 'a trailing operator', text: 'a =', at: [1, 4], says: 'found the end' },
    { name: 'a trailing comma', text: 'a in [1,]', at: [1, 9], says: 'found `]`' },
    { name: 'a list without commas', text: 'a in [1 2]', at: [1, 9], says: 'expected `,` or `]`, found `2`' },
    { name: 'a comparison in a list', text: 'a in [b = 1]', at: [1, 9], says: 'expected `,` or `]`' },
    {
      name: 'an index',
      text: 'a and properties.items[0].id = "x"',
      at: [1, 23],
      says: '`$.properties.items[0].id`',
    },
    {
      name: 'an index behind an escape',
      text: 'properties.p\\ 1[0]',
      at: [1, 16],
      says: '`$.properties.p\\ 1[0]`',
    },
    { name: 'a filter in a field path', text: 'a.b[?(@.x)]', at: [1, 4], says: 'begins with `$.`: `$.a.b[`' },
    { name: 'a number as a name', text: 'properties.items.0.id = 1', at: [1, 17], says: '`\\0`' },
    { name: 'two dots', text: 'a..b', at: [1, 3], says: 'expected a name after `.`, found `.`' },
    { name: 'a dot at the end', text: 'a.', at: [1, 3], says: 'expected a name after `.`' },
    { name: 'a dollar in a name', text: 'properties.$amount = 5', at: [1, 12], says: '`\\$amount`' },
    { name: 'a lone backslash', text: 'a.\\', at: [1, 4], says: 'expected a character after `\\`' },
    { name: 'a field of a keyword', text: 'null.x = 1', at: [1, 5], says: '`\\null`' },
    {
      name: 'a field that is called',
      text: 'a.length(b)',
      at: [1, 9],
      says: 'expected an operator after a field',
    },
    { name: 'a keyword for a value', text: 'a = or', at: [1, 5], says: 'found `or`' },
    {
      name: 'an unknown function',
      text: 'a or contain(b, "x")',
      at: [1, 6],
      says: 'did you mean `contains`?',
    },
    { name: 'a function in capitals', text: 'Lowercase(b)', at: [1, 1], says: 'did you mean `lowercase`?' },
    {
      name: 'the beginning of a function',
      text: 'lower(b) = "x"',
      at: [1, 1],
      says: 'did you mean `lowercase`?',
    },
    {
      name: 'nothing like a function',
      text: 'regex(b, "x")',
      at: [1, 1],
      says: 'unknown function `regex`. There are `contains`,',
    },
    {
      name: 'a function that Object.prototype has',
      text: 'toString(b)',
      at: [1, 1],
      says: 'unknown function `toString`',
    },
    { name: 'a call that is not closed', text: 'length(a', at: [1, 9], says: 'expected `,` or `)`' },
    {
      name: 'line and column after CRLF and a tab',
      text: 'a = 1\r\nand\r\n\tb == 2',
      at: [3, 5],
      says: 'FQL writes `=`',
    },
    { name: 'a control character', text: 'a = \u0007', at: [1, 5], says: 'found `\uFFFD`' },
  ])('$name: $text', ({ text, at, says }) => {
    const error = errorOf(text)
    expect([error.line, error.column]).toEqual(at)
    expect(error.reason).toContain(says)
    expect(error.message).toContain(error.reason)
    expect(error.reason).not.toMatch(/\n/)
  })
})

describe('bounds', () => {
  it('takes a text of the greatest length and refuses a longer one', () => {
    const longest = `a = "${'x'.repeat(MAX_TRIGGER_LENGTH - 6)}"`
    expect(parseExpression(longest).kind).toBe('comparison')
    expect(errorOf(`${longest} `).reason).toContain(`at most ${MAX_TRIGGER_LENGTH} characters`)
  })

  it.each([
    { name: 'groups', nest: (depth: number) => `${'('.repeat(depth)}a${')'.repeat(depth)}` },
    { name: 'negations', nest: (depth: number) => `${'!'.repeat(depth)}a` },
    { name: 'lists', nest: (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}` },
    { name: 'calls', nest: (depth: number) => `${'typeof('.repeat(depth)}a${')'.repeat(depth)}` },
    { name: 'lists that are never closed', nest: (depth: number) => '['.repeat(depth), open: true },
  ])('bounds nested $name', ({ nest, open }) => {
    if (open !== true) expect(() => parseExpression(nest(MAX_TRIGGER_DEPTH))).not.toThrow()
    expect(errorOf(nest(MAX_TRIGGER_DEPTH + 1)).reason).toContain(`at most ${MAX_TRIGGER_DEPTH}`)
    expect(errorOf(nest(2_000)).reason).toContain(`at most ${MAX_TRIGGER_DEPTH}`)
  })

  it('counts nesting, not the number of groups side by side', () => {
    const text = Array.from({ length: 1_000 }, () => '!(a)').join(' or ')
    expect(parseExpression(text).kind).toBe('or')
  })

  it('takes a chain as long as the text may be', () => {
    expect(parseExpression(Array.from({ length: 2_000 }, () => 'a').join(' and ')).kind).toBe('and')
    expect(parseExpression(Array.from({ length: 8_000 }, () => 'a').join('.')).kind).toBe('path')
  })
})
