import type { Target } from '../target.ts'

/** By name; each is loaded where it runs alone. */
export const TARGETS: Readonly<Record<string, () => Promise<Target>>> = {
  trigger: async () => (await import('./trigger.ts')).trigger,
  template: async () => (await import('./template.ts')).template,
  configuration: async () => (await import('./configuration.ts')).createConfigurationTarget(),
  json: async () => (await import('./json.ts')).createJsonTarget(),
  avro: async () => (await import('./avro.ts')).avroEvents,
}

export const TARGET_NAMES: readonly string[] = Object.keys(TARGETS)
