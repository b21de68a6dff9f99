import type { Config } from '../config/config.ts'
import { lineAndColumn } from '../config/source.ts'
import { authoredFormats } from './authored-events.ts'
import { diffLines, visible } from './diff.ts'
import {
  type ActionOutcome,
  createMatchExplainer,
  type ExplainedAction,
  nearestFirst,
} from './explain-match.ts'
import { outcomeLines } from './outcome-text.ts'
import { type Mismatch, missingParts, type TestResult, testRecord } from './run-tests.ts'
import type { ExpectedMessage, TestCase } from './test-cases.ts'

/** `minus` and `plus` are of a diff; the rest is plain. */
export interface ReportLine {
  text: string
  kind: 'plain' | 'minus' | 'plus'
}

/** Of the actions that send to a destination, how many are asked why they did not. */
const MOST_ACTIONS = 3

/** What went wrong in a test, for a person; nothing where it passed. */
export function createFailureReport(config: Config): (result: TestResult) => ReportLine[] {
  let explain: ReturnType<typeof createMatchExplainer> | null = null
  const actionsFor = (test: TestCase): readonly ExplainedAction[] => {
    // Only for tests that fail, and with many actions as dear as the matcher itself.
    explain ??= createMatchExplainer(config, authoredFormats(config))
    const explained = explain(testRecord(test))
    return explained.kind === 'event' ? explained.actions : []
  }
  return ({ test, mismatches }) => {
    if (mismatches.length === 0) return []
    const lines = mismatches.flatMap((mismatch) => [
      ...describe(mismatch),
      ...(mismatch.kind === 'missing' ? whyMissing(mismatch.destination, actionsFor(test), config) : []),
    ])
    return [
      plain(`FAIL  ${test.place.source.file}:${lineAndColumn(test.place).line}  ${test.name}`),
      ...lines.map(indent),
      plain(''),
    ]
  }
}

function describe(mismatch: Mismatch): ReportLine[] {
  switch (mismatch.kind) {
    case 'differs': {
      const { destination, nth, expected, actual } = mismatch
      return [
        plain(`${destination}, message ${nth}, of ${actual.action}:`),
        ...compared(expected, actual.text),
      ]
    }
    case 'missing': {
      const { destination, nth, expected } = mismatch
      return [plain(`${destination}, message ${nth}: nothing would be sent`), ...wanted(expected)]
    }
    case 'unexpected': {
      const { destination, actual } = mismatch
      return [
        plain(`${destination}: ${actual.action} would send what the test does not expect`),
        ...plus(actual.text),
      ]
    }
    case 'dead_letter': {
      const { action, cause, detail } = mismatch
      const what = action === null ? 'the event' : `the message of ${action}`
      return [
        plain(`${what} would be a dead letter: ${cause}${detail === null ? '' : ` (${visible(detail)})`}`),
      ]
    }
  }
}

function compared(expected: ExpectedMessage, actual: string): ReportLine[] {
  if (expected.kind === 'exact') return diffLines(expected.text, actual).map(diffLine)
  const missing = missingParts(expected.parts, actual)
  return [...missing.map((part) => minus(`- ... ${visible(part)} ...`)), ...plus(actual)]
}

function wanted(expected: ExpectedMessage): ReportLine[] {
  if (expected.kind === 'contains') return expected.parts.map((part) => minus(`- ... ${visible(part)} ...`))
  return expected.text.split('\n').map((line) => minus(`- ${visible(line)}`))
}

function plus(text: string): ReportLine[] {
  return text.split('\n').map((line): ReportLine => ({ kind: 'plus', text: `+ ${visible(line)}` }))
}

/** The actions that send there, those that came nearest first, each with what stood in its way. */
function whyMissing(destination: string, actions: readonly ExplainedAction[], config: Config): ReportLine[] {
  const meant = actions.filter(({ action }) => action.destinations.includes(destination))
  if (meant.length === 0) return [plain(`no action sends to ${destination}`)]
  const missed = nearestFirst(meant)
  const about = missed.filter(({ nearness }) => nearness.isAbout)
  const told: ExplainedAction[] = (about.length > 0 ? about : missed).map(({ action, ...why }) => {
    return { action, outcome: { kind: 'trigger_false', ...why } }
  })
  const ordered = [...meant.filter(({ outcome }) => isInTheWay(outcome, destination)), ...told]
  const lines = ordered.slice(0, MOST_ACTIONS).flatMap((explained) => outcomeLines(explained, config))
  const more = ordered.length - MOST_ACTIONS
  if (more > 0) lines.push(`and ${more} more that send there`)
  return lines.map((line) => plain(`  ${line}`))
}

/** Something else than its trigger. */
function isInTheWay(outcome: ActionOutcome, destination: string): boolean {
  if (outcome.kind === 'sent') return outcome.unsent.includes(destination)
  return outcome.kind !== 'trigger_false'
}

function diffLine(text: string): ReportLine {
  if (text.startsWith('- ')) return minus(text)
  return text.startsWith('+ ') ? { kind: 'plus', text } : plain(text)
}

function minus(text: string): ReportLine {
  return { kind: 'minus', text }
}

function plain(text: string): ReportLine {
  return { kind: 'plain', text }
}

function indent({ kind, text }: ReportLine): ReportLine {
  return { kind, text: `      ${text}` }
}
