export type MrkdwnNode =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: 'bold' | 'italic' | 'strike' | 'quote'; children: MrkdwnNode[] }
  | { kind: 'code' | 'pre'; text: string }
  | { kind: 'link'; url: string; label: string }
  | { kind: 'mention'; of: 'user' | 'channel' | 'group' | 'broadcast'; text: string }
  | { kind: 'emoji'; name: string; char: string }

/** What dates are formatted by; language and time zone default to the machine's. */
export interface MrkdwnContext {
  nowMs: number
  locale?: string
  timeZone?: string
}

export function parseMrkdwn(text: string, context: MrkdwnContext): MrkdwnNode[]
