import type { RegistryConfig } from './config.ts'
import type { Report } from './report.ts'
import { resolveCredentials } from './resolve-tls.ts'
import { registrySpec } from './spec/config-spec.ts'
import type { Path } from './tree.ts'
import { hasSection, readSection } from './validate.ts'

const PATH: Path = ['registry']

/** Whether the section is there and says something, be it wrong. */
export function hasRegistry(report: Report): boolean {
  return hasSection(PATH, report)
}

/** The section `registry`; null where there is none. */
export async function resolveRegistry(
  report: Report,
  secrets: 'required' | 'optional',
): Promise<RegistryConfig | null> {
  if (!hasRegistry(report)) return null
  const written = readSection(registrySpec, PATH, report)
  const { url = '', username, password, ca } = written
  if (username !== undefined && password === undefined)
    report.error([...PATH, 'username'], 'needs password beside it', 'key')
  if (password !== undefined && username === undefined)
    report.error([...PATH, 'password'], 'needs username beside it', 'key')
  if (ca !== undefined && url.startsWith('http:')) {
    report.error([...PATH, 'ca'], 'means nothing where registry.url is not https', 'key')
  }
  const credentials = await resolveCredentials({ ca }, { path: PATH, report, secrets })
  return {
    url,
    auth: username === undefined || password === undefined ? null : { username, password },
    ca: credentials.ca,
    timeoutMs: written.timeout ?? 0,
    unknownSchemaWaitMs: written.unknown_schema_wait ?? 0,
  }
}
