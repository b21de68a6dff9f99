import type { Action, Playbook } from '../config.ts'

/** An address as it is written, or one that the filter makes a link of. */
const LINK = /https?:\/\/|mailto:|\|\s*link\b/i

/** An action, and those of its destinations that are enabled. */
export interface SentAction {
  action: Action
  destinations: readonly string[]
}

/** Whether each destination is shown one, as far as that can be read off the templates. */
export function hasLink(sent: SentAction): boolean {
  return LINK.test(sent.action.message) || everyPlaybook(sent, hasLinkIn)
}

function hasLinkIn({ why, fields, links, nextStep, owner }: Playbook): boolean {
  if (links.size > 0) return true
  return [why, nextStep, owner, ...fields.values()].some((text) => text !== null && LINK.test(text))
}

/** Whether each destination is told who acts, or what is to be done. */
export function hasOwner(sent: SentAction): boolean {
  return everyPlaybook(sent, ({ owner, nextStep }) => (owner ?? nextStep) !== null)
}

function everyPlaybook(
  { action, destinations }: SentAction,
  holds: (playbook: Playbook) => boolean,
): boolean {
  return destinations.every((id) => {
    const playbook = action.playbooks?.get(id)
    return playbook !== undefined && holds(playbook)
  })
}

/** The same for two actions whose messages look the same at a destination, whatever the event. */
export function describeContent(action: Action, destination: string): string {
  const { message, channel, playbooks } = action
  const playbook = playbooks?.get(destination)
  const parts = playbook === undefined ? [] : Object.values(playbook).map(plain)
  return JSON.stringify([destination, channel, message.trim(), parts])
}

function plain(part: Playbook[keyof Playbook]): unknown {
  return part instanceof Map ? [...part] : part
}
