import { compileTemplate, type Rendered } from '../../../src/match/template/compile.ts'

/** 14 November 2023, 22:13:20 UTC. */
export const NOW_MS = 1_700_000_000_000

export function render(template: string, event: unknown = {}): Rendered {
  return compileTemplate(template).render(event, { nowMs: NOW_MS })
}

/** What a message says; an error where there is none. */
export function message(template: string, event: unknown = {}): string {
  const rendered = render(template, event)
  if (rendered.kind === 'text') return rendered.text
  throw new Error(rendered.kind === 'failed' ? rendered.detail : 'the message is empty')
}

/** What the filters make of a value; brackets keep an empty result visible. */
export function filtered(value: unknown, filters: string, more: object = {}): string {
  return message(`[{{ $.value | ${filters} }}]`, { value, ...more }).slice(1, -1)
}
