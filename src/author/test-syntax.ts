import { isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from 'yaml'
import type { Config } from '../config/config.ts'
import type { Finding } from '../config/problem.ts'
import type { Source } from '../config/source.ts'
import { suggestion } from '../config/suggestion.ts'
import { parseTime } from '../config/units.ts'
import { isRecord } from '../core/is-record.ts'
import type { AnalyticsEvent } from '../event/event.ts'
import { DEFAULT_AT, type ExpectedMessage, type TestCase } from './test-cases.ts'
import { openTestYaml, type TestYaml } from './test-yaml.ts'

export interface ParsedTests {
  /** Those without a mistake. */
  cases: readonly TestCase[]
  findings: readonly Finding[]
}

/** One test file, strict: every mistake is found, and a case that has one is left out. */
export function parseTests(source: Source, config: Config): ParsedTests {
  const findings: Finding[] = []
  const yaml = openTestYaml(source, findings)
  if (yaml === null) return { cases: [], findings }
  const reader = new TestReader(yaml, { config, findings })
  return { cases: reader.cases(), findings }
}

const FILE_SHAPE = 'a test file is a map with tests: and a list of them'
const TEST_KEYS = ['name', 'event', 'topic', 'at', 'expect'] as const
type TestKey = (typeof TEST_KEYS)[number]

class TestReader {
  readonly #yaml: TestYaml
  readonly #config: Config
  readonly #findings: Finding[]

  constructor(yaml: TestYaml, { config, findings }: { config: Config; findings: Finding[] }) {
    this.#yaml = yaml
    this.#config = config
    this.#findings = findings
  }

  cases(): TestCase[] {
    const root = this.#yaml.root
    if (root === null || !isMap(root)) {
      this.#refuse(root?.range[0] ?? 0, root === null ? `the file is empty: ${FILE_SHAPE}` : FILE_SHAPE)
      return []
    }
    const tests = this.#entries(root, ['tests']).get('tests')
    if (tests === undefined) {
      if (this.#findings.length === 0) this.#refuse(root.range[0], `tests is missing: ${FILE_SHAPE}`)
      return []
    }
    if (!isSeq(tests.value) || tests.value.items.length === 0) {
      this.#refuse(tests.offset, 'tests: must be a list with at least one test')
      return []
    }
    return tests.value.items.flatMap((item) => this.#case(this.#yaml.resolve(item)) ?? [])
  }

  /** Null where anything is wrong with it. */
  #case(node: ParsedNode): TestCase | null {
    const before = this.#findings.length
    if (!isMap(node)) {
      this.#refuse(node.range[0], 'a test is a map with name, event and expect')
      return null
    }
    const entries = this.#entries<TestKey>(node, TEST_KEYS)
    // A key that is misspelt is no key that is missing.
    const holder = this.#findings.length > before ? null : node.range[0]
    const test = {
      name: this.#name(entries.get('name'), holder),
      place: { source: this.#yaml.source, offset: node.range[0] },
      event: this.#event(entries.get('event'), holder),
      topic: this.#topic(entries.get('topic'), holder),
      atMs: this.#at(entries.get('at')),
      expected: this.#expected(entries.get('expect'), holder),
    }
    const { event } = test
    return this.#findings.length > before || event === null ? null : { ...test, event }
  }

  #name(entry: Entry | undefined, holder: number | null): string {
    if (entry === undefined) this.#miss(holder, 'name is missing: say in a few words what the test is about')
    const text = entry === undefined ? '' : this.#text(entry, 'name')
    return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  }

  #event(entry: Entry | undefined, holder: number | null): AnalyticsEvent | null {
    if (entry === undefined) {
      this.#miss(
        holder,
        'event is missing: write the event as a map, such as {type: track, event: Signed Up}',
      )
      return null
    }
    if (!isMap(entry.value)) {
      this.#refuse(entry.offset, 'event: must be a map, such as {type: track, event: Signed Up}')
      return null
    }
    const event = this.#yaml.toValue(entry.value)
    return isRecord(event) ? event : null
  }

  #topic(entry: Entry | undefined, holder: number | null): string {
    const topics = this.#config.kafka.events.map(({ topic }) => topic)
    const [only = ''] = topics
    if (entry === undefined) {
      if (topics.length > 1) {
        this.#miss(
          holder,
          `topic is missing: the configuration reads ${topics.length}; known are ${topics.join(', ')}`,
        )
      }
      return only
    }
    const topic = this.#text(entry, 'topic')
    if (topic !== '' && !topics.includes(topic)) {
      this.#refuse(entry.offset, `topic: the configuration reads no such topic${suggestion(topic, topics)}`)
    }
    return topic
  }

  #at(entry: Entry | undefined): number {
    const text = entry === undefined ? DEFAULT_AT : this.#text(entry, 'at')
    const timeMs = parseTime(text.trim())
    if (timeMs === undefined && text !== '') {
      this.#refuse(entry?.offset ?? 0, `at: must be a time with its zone such as ${DEFAULT_AT}`)
    }
    return timeMs ?? 0
  }

  #expected(entry: Entry | undefined, holder: number | null): Map<string, ExpectedMessage[]> {
    const expected = new Map<string, ExpectedMessage[]>()
    if (entry === undefined) {
      this.#miss(holder, 'expect is missing: write none, or a map from destination to text')
      return expected
    }
    const { value, offset } = entry
    if (isScalar(value) && value.source === 'none') return expected
    if (!isMap(value) || value.items.length === 0) {
      this.#refuse(offset, 'expect: must be none, or a map from destination to text')
      return expected
    }
    const known = [...this.#config.destinations.keys()]
    for (const [destination, found] of this.#entries(value, known, 'there is no such destination')) {
      if (isScalar(found.value) && found.value.type === 'PLAIN' && found.value.source === 'none') {
        this.#refuse(found.offset, `${destination}: expects no message: leave it out, or quote a text "none"`)
      }
      const items = this.#itemsOf(found)
      if (items.length === 0) this.#refuse(found.offset, `${destination}: expects no message: leave it out`)
      expected.set(
        destination,
        items.flatMap((item) => this.#message(item, destination) ?? []),
      )
    }
    return expected
  }

  #message({ value, offset }: Entry, destination: string): ExpectedMessage | null {
    if (hasText(value)) return { kind: 'exact', text: textOf(value).trim() }
    if (isMap(value) && value.items.length > 0) {
      const contains = this.#entries(value, ['contains']).get('contains')
      if (contains === undefined) return null
      const parts = this.#itemsOf(contains).map((item) => this.#text(item, 'contains'))
      if (parts.length === 0) this.#refuse(contains.offset, 'contains: must be a text or a list of them')
      return { kind: 'contains', parts }
    }
    this.#refuse(
      offset,
      `${destination}: must be the text of a message, {contains: text}, or a list of these`,
    )
    return null
  }

  /** One value may stand for a list of it. */
  #itemsOf(entry: Entry): Entry[] {
    if (!isSeq(entry.value)) return [entry]
    return entry.value.items.map((item) => ({ value: this.#yaml.resolve(item), offset: item.range[0] }))
  }

  /** Refused where there is none; then empty. */
  #text({ value, offset }: Entry, name: string): string {
    if (hasText(value)) return textOf(value)
    this.#refuse(offset, `${name}: must be text`)
    return ''
  }

  /** The entries of a map under known keys; others are refused. */
  #entries<K extends string>(
    map: YAMLMap.Parsed,
    known: readonly K[],
    unknown = 'there is no such option',
  ): Map<K, Entry> {
    const entries = new Map<K, Entry>()
    for (const { key, value } of map.items) {
      const written = isScalar(key) ? textOf(key) : ''
      const name = known.find((candidate) => candidate === written)
      const offset = key.range[0]
      if (name === undefined) this.#refuse(offset, `${unknown}${suggestion(written, known)}`)
      else {
        const node = value === null ? null : this.#yaml.resolve(value)
        entries.set(name, {
          value: node,
          offset: node === null || isEmpty(node) ? offset : (value?.range[0] ?? offset),
        })
      }
    }
    return entries
  }

  /** Of a key that is not there, in what should hold it; null: that was complained of. */
  #miss(holder: number | null, message: string): void {
    if (holder !== null) this.#refuse(holder, message)
  }

  #refuse(offset: number, message: string): void {
    this.#findings.push({ place: { source: this.#yaml.source, offset }, message })
  }
}

/** A value, and where a person has to look for it: at its key where there is none. */
interface Entry {
  value: ParsedNode | null
  offset: number
}

function isEmpty(node: ParsedNode): boolean {
  return isScalar(node) && node.range[0] === node.range[1]
}

function hasText(node: ParsedNode | null): node is Scalar.Parsed {
  return isScalar(node) && node.value !== null && textOf(node).trim() !== ''
}

/** As it is written: `5` and `true` are texts where a text belongs. */
function textOf(node: Scalar.Parsed): string {
  return typeof node.value === 'string' ? node.value : node.source
}
