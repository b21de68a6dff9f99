/** Where a part of a trigger stands in its text: the tree knows only where a part begins, and not its parentheses. */
import type { Expression } from './ast.ts'
import { nextToken, type Token } from './lexer.ts'

/** [start, end) in UTF-16 units, with every parenthesis that the part needs to be whole. */
export interface Span {
  readonly start: number
  readonly end: number
}

export function spanOf(text: string, expression: Expression): Span {
  return balance(text, { start: expression.offset, end: endOf(text, expression) })
}

/** Where the last word of a part ends; brackets that are open there are closed by `balance`. */
function endOf(text: string, expression: Expression): number {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return Math.max(...expression.operands.slice(-1).map((operand) => endOf(text, operand)))
    case 'not':
      return endOf(text, expression.operand)
    case 'comparison':
      return endOf(text, expression.right)
    case 'call':
      return nextToken(text, nextToken(text, expression.offset).end).end
    case 'path':
      return endOfPath(text, expression.offset)
    case 'literal':
    case 'list':
      return nextToken(text, expression.offset).end
  }
}

function endOfPath(text: string, offset: number): number {
  let { end } = nextToken(text, offset)
  for (let dot = nextToken(text, end); isSymbol(dot, '.'); dot = nextToken(text, end)) {
    end = nextToken(text, dot.end).end
  }
  return end
}

/** Goes on until what was opened is closed, and begins where what was closed was opened. */
function balance(text: string, { start, end }: Span): Span {
  let open = 0
  let openedBefore = 0
  let at = start
  while (at < end || open > 0) {
    const token = nextToken(text, at)
    if (token.kind === 'end') break
    if (isSymbol(token, '(') || isSymbol(token, '[')) open += 1
    else if (isSymbol(token, ')') || isSymbol(token, ']')) {
      if (open > 0) open -= 1
      else openedBefore += 1
    }
    at = token.end
  }
  let from = start
  // Between a group's parenthesis and its first word stand other parentheses and white space, nothing else.
  for (let left = openedBefore; left > 0; left -= 1) from = text.lastIndexOf('(', from - 1)
  return { start: from, end: at }
}

function isSymbol(token: Token, symbol: string): boolean {
  return token.kind === 'symbol' && token.symbol === symbol
}
