/**
 * Actions that no configuration holds: their messages are bellhop's own. No configured id may begin with `bellhop.`, so
 * no record of a user's action can pass for one of these.
 */
export const CANARY_ACTION = 'bellhop.canary'
export const NOTIFY_ACTION = 'bellhop.notify'
export const OWN_ACTIONS: readonly string[] = [CANARY_ACTION, NOTIFY_ACTION]

export function isOwnAction(action: string | null): boolean {
  return action !== null && OWN_ACTIONS.includes(action)
}

/** The header of the canary's event, its value the prefix whose canary it is: no rule ever sees such a record. */
export const CANARY_HEADER = 'bellhop-canary'
