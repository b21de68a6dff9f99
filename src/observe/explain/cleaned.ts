import { withoutControls } from '../../match/trigger/explain-text.ts'
import type { Explanation } from './explanation.ts'

/** No secret, and nothing that could act on a terminal or forge a line. */
export function cleaned(explanation: Explanation, mask: (json: string) => string): Explanation {
  const masked: Explanation = JSON.parse(mask(JSON.stringify(explanation)))
  const { asked, summary, steps } = masked
  return {
    ...masked,
    asked: { ...asked, id: withoutControls(asked.id) },
    summary: withoutControls(summary),
    steps: steps.map((one) => ({
      ...one,
      text: withoutControls(one.text),
      details: one.details.map(withoutControls),
      command: one.command === null ? null : withoutControls(one.command),
    })),
  }
}
