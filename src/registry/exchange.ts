import { type Dispatcher, request } from 'undici'
import type { RegistryConfig } from '../config/config.ts'
import { isRecord } from '../core/is-record.ts'
import { RegistryUnavailable } from './registry-errors.ts'

/** How a question to the registry ended. */
export type Ending =
  /** `body` is null where it is no JSON object. */
  | { kind: 'answered'; status: number; body: Record<string, unknown> | null }
  | { kind: 'failed'; reason: string }

export interface Question {
  method: string
  url: string
  headers: Record<string, string>
  body: string | null
}

const MOST_BODY_BYTES = 16 * 1_048_576

/** One request under one deadline, connecting and the whole answer included. Redirects are not followed. */
export async function askRegistry(
  { method, url, headers, body }: Question,
  config: RegistryConfig,
  dispatcher: Dispatcher,
): Promise<Ending> {
  const signal = AbortSignal.timeout(config.timeoutMs)
  try {
    const response = await request(url, {
      method,
      headers: { ...headers, ...login(config) },
      body,
      dispatcher,
      signal,
    })
    return { kind: 'answered', status: response.statusCode, body: objectIn(await textOf(response.body)) }
  } catch (error) {
    if (signal.aborted) return { kind: 'failed', reason: `nothing within ${config.timeoutMs / 1_000} s` }
    return { kind: 'failed', reason: reasonOf(error) }
  }
}

function login({ auth }: RegistryConfig): Record<string, string> {
  if (auth === null) return {}
  const pair = `${auth.username}:${auth.password.reveal()}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > MOST_BODY_BYTES) throw new Error(`an answer of more than ${MOST_BODY_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return isRecord(parsed) ? parsed : null
  } catch {
    return null
  }
}

const TRUST_CODES = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

/** The code, which names no address of a proxy, where there is one. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null
  if (code === null) return error instanceof Error ? oneLine(error.message) : 'unknown failure'
  return TRUST_CODES.includes(code)
    ? `${code}; set registry.ca to the authority that signed its certificate`
    : code
}

/**
 * The registry's own "not found", of a schema or of what it refers to. A 404 without its code comes from somebody who
 * knows no such path: taken for "unknown" it would cost every event.
 */
export function isNotFound(ending: Ending): boolean {
  if (ending.kind !== 'answered' || ending.status !== 404) return false
  const code = ending.body?.error_code
  return typeof code === 'number' && Math.floor(code / 100) === 404
}

/** What a schema was refused with, as incompatible or invalid; null for any other end. */
export function refusalOf(ending: Ending): string | null {
  if (ending.kind !== 'answered' || (ending.status !== 409 && ending.status !== 422)) return null
  const { message } = ending.body ?? {}
  return typeof message === 'string' ? oneLine(message) : `status ${ending.status}`
}

/** Why the registry gave no usable answer, in plain words. */
export function unavailable(ending: Ending, { url }: RegistryConfig): RegistryUnavailable {
  const at = `the schema registry at ${url}`
  if (ending.kind === 'failed') return new RegistryUnavailable(`${at} does not answer: ${ending.reason}`)
  return new RegistryUnavailable(`${at} ${complaintOf(ending.status)}`)
}

const BASE = 'registry.url must be where its paths /schemas and /subjects begin'

function complaintOf(status: number): string {
  switch (status) {
    case 401:
      return 'refuses the login (401): check registry.username and registry.password'
    case 403:
      return 'refuses access (403): the user of registry.username needs leave to read schemas, and to register those of bellhop'
    case 404:
      return `answers 404, but not as a registry does: ${BASE}`
    default:
      return status < 400
        ? `answers ${status}, but not as a registry does: ${BASE}`
        : `fails with status ${status}`
  }
}

const MOST_CHARS = 300

function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()
  return line.length > MOST_CHARS ? `${line.slice(0, MOST_CHARS)} ...` : line
}
