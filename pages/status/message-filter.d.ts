import type { MessageView } from '../../src/observe/overview/overview.ts'

export interface Filter {
  text: string
  outcome: string
  destination: string
  action: string
}
export function filterMessages(messages: readonly MessageView[], filter: Filter): MessageView[]
