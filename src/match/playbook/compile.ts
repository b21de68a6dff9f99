import type { Playbook } from '../../config/config.ts'
import { DATE_AND_TIME, dateToken, inlineText } from '../../slack/escape.ts'
import { compileLine, compileLinkUrl, type Template } from '../template/compile.ts'
import type { PlaybookParts } from './layout.ts'

export type RenderedPlaybook =
  /** `cut`: some part was too long for its line. */
  | { kind: 'parts'; parts: PlaybookParts; cut: boolean }
  /** `detail` begins with the name of the part. */
  | { kind: 'failed'; detail: string }

export interface CompiledPlaybook {
  /** `nowMs`: the event's clock, from which the deadline counts. */
  render(event: unknown, context: { nowMs: number }): RenderedPlaybook
}

/** Many actions share their destination's templates: each text is compiled once. */
export type PlaybookCompiler = (playbook: Playbook) => CompiledPlaybook

export function createPlaybookCompiler(): PlaybookCompiler {
  const line = once(compileLine)
  const link = once(compileLinkUrl)
  return (playbook) => compilePlaybook(playbook, { line, link })
}

type Compile = (text: string) => Template

function once(compile: Compile): Compile {
  const known = new Map<string, Template>()
  return (text) => {
    const template = known.get(text) ?? compile(text)
    known.set(text, template)
    return template
  }
}

/** A part of one line, made of what its template gives. */
interface Slot {
  name: string
  template: Template
  show(text: string): string
}

function compilePlaybook(playbook: Playbook, compile: { line: Compile; link: Compile }): CompiledPlaybook {
  const { slaMs } = playbook
  const slot = (name: string, text: string | null, show: Slot['show']): readonly Slot[] =>
    text === null ? [] : [{ name, template: compile.line(text), show }]
  const why = slot('why', playbook.why, (text) => `*Why:* ${text}`)
  const fields = [...playbook.fields].flatMap(([label, text]) =>
    slot(`fields: ${label}`, text, (value) => `*${label}:* ${value}`),
  )
  const links = [...playbook.links].map(([label, url]): Slot => {
    const shown = inlineText(label)
    return {
      name: `links: ${label}`,
      template: compile.link(url),
      show: (address) => `<${address}|${shown}>`,
    }
  })
  const nextStep = slot('next_step', playbook.nextStep, (text) => `*Next:* ${text}`)
  const owner = slot('owner', playbook.owner, (text) => `*Owner:* ${mentionOf(text)}`)
  return {
    render(event, context) {
      const renderer = createRenderer(event, context)
      const parts: PlaybookParts = {
        why: renderer.all(why)[0] ?? null,
        fields: renderer.all(fields),
        links: renderer.all(links),
        nextStep: renderer.all(nextStep)[0] ?? null,
        owner: renderer.all(owner)[0] ?? null,
        deadline: slaMs === null ? null : deadlineOf(context.nowMs, slaMs),
      }
      const failure = renderer.failure()
      if (failure !== null) return { kind: 'failed', detail: failure }
      return { kind: 'parts', parts, cut: renderer.cut() }
    },
  }
}

/** Renders slots, without those that are empty, and remembers the first that failed and whether any was cut. */
function createRenderer(event: unknown, context: { nowMs: number }) {
  let failure: string | null = null
  let cut = false
  return {
    all(slots: readonly Slot[]): string[] {
      return slots.flatMap(({ name, template, show }) => {
        const rendered = template.render(event, context)
        if (rendered.kind === 'failed') failure ??= `${name}: ${rendered.detail}`
        if (rendered.kind !== 'text') return []
        cut ||= rendered.cut
        return [show(rendered.text)]
      })
    },
    failure: () => failure,
    cut: () => cut,
  }
}

/** Ids as Slack gives them: some letters and digits, one digit at least, so that SUPPORT is a text. */
const USER_ID = /^(?=.*\d)[UW][A-Z0-9]{5,}$/
const GROUP_ID = /^(?=.*\d)S[A-Z0-9]{5,}$/

function mentionOf(owner: string): string {
  if (USER_ID.test(owner)) return `<@${owner}>`
  return GROUP_ID.test(owner) ? `<!subteam^${owner}>` : owner
}

const MAX_TIME_MS = 8.64e15

/** Null where the record has no time of its own, or one that no calendar has. */
function deadlineOf(nowMs: number, slaMs: number): string | null {
  const timeMs = nowMs + slaMs
  return nowMs < 0 || !(timeMs <= MAX_TIME_MS) ? null : `Answer by ${dateToken(timeMs, DATE_AND_TIME)}`
}
