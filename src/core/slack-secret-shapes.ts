/**
 * What Slack's secrets look like, as patterns: webhooks
 * (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/) and tokens
 * (https://docs.slack.dev/authentication/tokens/). Whoever's they are, they are never shown.
 */
export const SLACK_SECRET_SHAPES: readonly string[] = [
  String.raw`https?://hooks\.slack(?:-gov)?\.com/[^\s"\\]+`,
  String.raw`x(?:ox[a-z]|app)-[\w-]{8,}`,
]
