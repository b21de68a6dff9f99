/**
 * Actions that no configuration holds: their messages are bellhop's own. A configured id begins with a letter or
 * digit and none may begin with `bellhop.`, so no record of a user's action can pass for one of these.
 */
export const CANARY_ACTION = 'bellhop.canary'
export const NOTIFY_ACTION = 'bellhop.notify'
export const OWN_ACTIONS = [CANARY_ACTION, NOTIFY_ACTION] as const

/** The header of the canary's event, its value the prefix whose canary it is: no rule ever sees such a record. */
export const CANARY_HEADER = 'bellhop-canary'
