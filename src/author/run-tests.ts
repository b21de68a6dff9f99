import type { Config } from '../config/config.ts'
import type { EventCause } from '../core/outcome.ts'
import type { EventRecord } from '../event/event.ts'
import { createMatcher, type Matched, type QueuedMessage } from '../match/match-event.ts'
import { authoredFormats } from './authored-events.ts'
import { align } from './diff.ts'
import type { ExpectedMessage, TestCase } from './test-cases.ts'
import { readTestFiles } from './test-files.ts'

/** What a test expected and did not get, or the other way round. `nth` counts a destination's messages from 1. */
export type Mismatch =
  | { kind: 'differs'; destination: string; nth: number; expected: ExpectedMessage; actual: SentMessage }
  | { kind: 'missing'; destination: string; nth: number; expected: ExpectedMessage }
  | { kind: 'unexpected'; destination: string; actual: SentMessage }
  /** The event, or one action's message for it, would be a dead letter: never what a test wants. */
  | { kind: 'dead_letter'; action: string | null; cause: EventCause; detail: string | null }

export interface SentMessage {
  action: string
  text: string
}

export interface TestResult {
  test: TestCase
  /** None: the test passed. */
  mismatches: readonly Mismatch[]
  /** Ids of the actions whose messages would be sent. */
  fired: readonly string[]
}

/** Runs tests on the matcher that `run` has, compiled once. */
export function createTestRunner(config: Config): (test: TestCase) => TestResult {
  const match = createMatcher(config, authoredFormats(config))
  return (test) => {
    const matched = match(testRecord(test))
    const fired = new Set(matched.messages.map(({ record }) => record.action))
    return { test, mismatches: mismatchesOf(test, matched), fired: [...fired] }
  }
}

/** The events record that a test's event is to the matcher. */
export function testRecord({ topic, atMs, event }: TestCase): EventRecord {
  const value = Buffer.from(JSON.stringify(event))
  return { topic, partition: 0, offset: 0, timestamp: atMs, key: null, value, headers: [] }
}

/**
 * Ids of the actions that some test beside the configuration makes fire with a message. Tests that cannot be read
 * count for nothing: `bellhop test` says what is wrong with them.
 */
export async function actionsUnderTest(config: Config, configPath: string): Promise<ReadonlySet<string>> {
  const { cases } = await readTestFiles(config, configPath)
  if (cases.length === 0) return new Set()
  const run = createTestRunner(config)
  return new Set(cases.flatMap((test) => run(test).fired))
}

function mismatchesOf(test: TestCase, { messages, failures }: Matched): Mismatch[] {
  const sent = Map.groupBy(messages, ({ record }) => record.destination)
  const destinations = new Set([...test.expected.keys(), ...sent.keys()])
  return [
    ...failures.map(
      ({ action, cause, detail }): Mismatch => ({ kind: 'dead_letter', action, cause, detail }),
    ),
    ...[...destinations].flatMap((destination) => {
      const actual = (sent.get(destination) ?? []).map(toSent)
      return compare(destination, test.expected.get(destination) ?? [], actual)
    }),
  ]
}

function toSent({ record }: QueuedMessage): SentMessage {
  return { action: record.action, text: record.message.text }
}

/** What matches in order is found first; of the rest between two matches, the nth stands against the nth. */
function compare(
  destination: string,
  expected: readonly ExpectedMessage[],
  actual: readonly SentMessage[],
): Mismatch[] {
  const numbered = expected.map((message, index) => ({ message, nth: index + 1 }))
  const mismatches: Mismatch[] = []
  let [left, right]: [typeof numbered, SentMessage[]] = [[], []]
  const settle = (): void => {
    for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
      const [wanted, got] = [left[index], right[index]]
      if (wanted !== undefined && got !== undefined) {
        mismatches.push({
          kind: 'differs',
          destination,
          nth: wanted.nth,
          expected: wanted.message,
          actual: got,
        })
      } else if (wanted !== undefined) {
        mismatches.push({ kind: 'missing', destination, nth: wanted.nth, expected: wanted.message })
      } else if (got !== undefined) {
        mismatches.push({ kind: 'unexpected', destination, actual: got })
      }
    }
    ;[left, right] = [[], []]
  }
  for (const step of align(numbered, actual, ({ message }, { text }) => isAsExpected(message, text))) {
    if (step.kind === 'left') left.push(step.left)
    else if (step.kind === 'right') right.push(step.right)
    else settle()
  }
  settle()
  return mismatches
}

function isAsExpected(expected: ExpectedMessage, text: string): boolean {
  return expected.kind === 'exact' ? text === expected.text : missingParts(expected.parts, text).length === 0
}

/** The texts that a message was to contain and does not. */
export function missingParts(parts: readonly string[], text: string): string[] {
  return parts.filter((part) => !text.includes(part))
}
