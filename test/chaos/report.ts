import type { Finding } from './findings.ts'
import type { Verdict } from './ledger.ts'
import type { FaultCount } from './scene.ts'

/** What a chaos run came to. */
export interface ChaosReport {
  passed: boolean
  findings: readonly Finding[]
  verdict: Verdict
  faults: ReturnType<FaultCount['rows']>
  tookMs: number
  drainedMs: number
}

const FINDINGS_SHOWN_A_KIND = 8

/** A planned kind of fault that met no post has shown nothing. */
export function unproved(faults: ChaosReport['faults']): Finding[] {
  return faults
    .filter(({ hit }) => hit === 0)
    .map(({ kind, planned, struck }) => ({
      kind: 'proved_nothing',
      detail: `the run proved nothing about ${kind}: ${planned} planned, ${struck} struck, none met a post`,
    }))
}

export function formatReport(report: ChaosReport): string {
  const { verdict, faults, findings } = report
  const dead = [...verdict.dead].map(([cause, count]) => `${cause} ${count}`)
  const repeats = [...verdict.repeats].map(([excuse, count]) => `${excuse} ${count}`)
  const rows = faults.map(
    ({ kind, planned, struck, hit }) =>
      `  ${kind.padEnd(20)}${String(planned).padStart(8)}${String(struck).padStart(8)}${String(hit).padStart(8)}`,
  )
  return [
    `events ${verdict.events}, messages ${verdict.messages}, joint posts ${verdict.jointPosts}`,
    `delivered ${verdict.delivered}, dead ${sum(verdict.dead)}${inBrackets(dead)}`,
    `repeats ${sum(verdict.repeats)}${inBrackets(repeats)}, each excused unless it is told below`,
    `  ${'fault'.padEnd(20)}${'planned'.padStart(8)}${'struck'.padStart(8)}${'hit'.padStart(8)}`,
    ...rows,
    `took ${seconds(report.tookMs)}, of it ${seconds(report.drainedMs)} from the last fault to the last message's end`,
    ...tellFindings(findings),
    report.passed ? 'PASS' : `FAIL: ${findings.length} findings`,
  ].join('\n')
}

function tellFindings(findings: readonly Finding[]): string[] {
  return [...Map.groupBy(findings, ({ kind }) => kind)].flatMap(([kind, found]) => [
    `${kind}: ${found.length}`,
    ...found.slice(0, FINDINGS_SHOWN_A_KIND).map(({ detail }) => `  ${detail}`),
    ...(found.length > FINDINGS_SHOWN_A_KIND ? [`  and ${found.length - FINDINGS_SHOWN_A_KIND} more`] : []),
  ])
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}

function inBrackets(parts: readonly string[]): string {
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
