import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { type Loaded, loadConfig, type Problem } from '../../src/config/load.ts'

/** Files in a folder of their own that is gone after the test. */
export function writeFiles(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

export interface LoadTextOptions {
  env?: Record<string, string | undefined>
  secrets?: 'required' | 'optional'
  files?: Record<string, string | Buffer>
}

/** One configuration file, loaded; `files` stand beside it. */
export async function loadText(text: string | Buffer, options: LoadTextOptions = {}): Promise<Loaded> {
  const { env = {}, secrets = 'required', files = {} } = options
  const folder = writeFiles({ 'bellhop.yaml': text, ...files })
  return loadConfig(join(folder, 'bellhop.yaml'), { env, secrets })
}

/** `line:column message` of each problem, in order; none where it was loaded. */
export function problemsOf(loaded: Loaded): string[] {
  return loaded.kind === 'invalid' ? loaded.problems.map(onOneLine) : []
}

export function warningsOf(loaded: Loaded): string[] {
  return loaded.kind === 'loaded' ? loaded.warnings.map(onOneLine) : []
}

function onOneLine({ line, column, message }: Problem): string {
  return `${line}:${column} ${message}`
}

export function configOf(loaded: Loaded): Config {
  if (loaded.kind === 'loaded') return loaded.config
  throw new Error(`not loaded: ${problemsOf(loaded).join('; ')}`)
}

/** What a configuration needs beside what a test is about. */
export const KAFKA = 'kafka: { brokers: "localhost:9092", events: [orders, signups] }\n'
export const SALES = 'destinations: { sales: { webhook_url: "https://hooks.slack.com/services/T0/B0/x" } }\n'

/** The options of one section, indented, in a configuration that is right otherwise. */
export function kafkaWith(lines: string): string {
  return `kafka:\n  brokers: localhost:9092\n  events: [orders]\n${indent(lines)}`
}

export function slackWith(lines: string): string {
  return `${KAFKA}slack:\n${indent(lines)}`
}

export function destinationWith(lines: string): string {
  return `${KAFKA}destinations:\n  sales:\n${indent(indent(lines))}`
}

export function actionWith(lines: string): string {
  return `${KAFKA}${SALES}actions:\n  - id: a\n${indent(indent(lines))}`
}

function indent(lines: string): string {
  return lines.replaceAll(/^(?=.)/gm, '  ')
}
