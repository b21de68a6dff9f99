import type { Explanation } from '../../../../src/observe/explain/explanation.ts'
import type { Overview } from '../../../../src/observe/overview/overview.ts'
import { fakeOverview } from './fake-overview.ts'

/** Texts that try to become a part of the page, or to look like another one. */
export const HOSTILE = {
  image: '<img src=x onerror="alert(1)"><b onmouseover=alert(2)>bold</b>',
  closing: '</script></style></textarea></title><script>alert(3)</script><style>*{display:none}</style>',
  frame: '"><iframe src="//evil.example"></iframe><base href="//evil.example/">',
  reversed: 'rtl \u202eexe.gpj\u2066 bell \u0007\u009b31m',
  arabic: 'طلب جديد من منى',
  long: `a${'-very'.repeat(80)}${'W'.repeat(300)}`,
  link: 'javascript:alert(4)',
}

const ALL = Object.values(HOSTILE)

/** In every place of an overview that others may write. */
export function hostileOverview(at: number): Overview {
  const overview = fakeOverview({ at })
  const text = (index: number): string => ALL[index % ALL.length] ?? ''
  return {
    ...overview,
    prefix: text(4),
    processes: overview.processes.map((each, index) => ({
      ...each,
      host: text(index),
      version: text(index + 1),
      configVersion: text(index),
      stages: [text(index + 2)],
      ready: false,
      trouble: ALL,
    })),
    stages: overview.stages.map((stage, index) => ({
      ...stage,
      topic: text(index + 5),
      partitions: stage.partitions.map((each, place) => ({
        ...each,
        process: text(place),
        trouble: text(place + 1),
      })),
    })),
    lanes: overview.lanes.map((lane, index) => ({
      ...lane,
      lane: `${text(index)}${index}`,
      destinations: [text(index), text(index + 3)],
      process: text(index + 1),
      last_answer: { at, outcome: 'rejected', status: 400, detail: text(index), messages: 1 },
    })),
    messages: overview.messages.slice(0, 14).map((message, index) => ({
      ...message,
      id: `${text(index + 1)}${index}`,
      action: text(index),
      destination: text(index + 2),
      detail: text(index),
      userId: text(index),
      text: text(index),
    })),
    actions: overview.actions.map((action, index) => ({ ...action, action: `${text(index)}${index}` })),
    letters: overview.letters.map((letter, index) => ({
      ...letter,
      destination: text(index),
      command: text(index + 1),
    })),
    controls: overview.controls.map((control, index) => ({
      ...control,
      destination: text(index),
      why: text(index + 2),
      by: text(index + 5),
    })),
  }
}

export function hostileExplanation(): Explanation {
  return {
    asked: { id: HOSTILE.image, kind: 'message_id' },
    found: true,
    summary: HOSTILE.closing,
    steps: [
      {
        at: Number.MAX_SAFE_INTEGER,
        stage: 'event',
        tone: 'bad',
        text: HOSTILE.frame,
        details: ALL,
        command: `bellhop explain '${HOSTILE.reversed}\u001b[31m'`,
      },
    ],
    records: { [HOSTILE.image]: HOSTILE.closing },
  }
}
