import { readFileSync } from 'node:fs'
import avro, { type Schema, type Type } from 'avsc'
import type { Control, DeadLetter, DispatchRecord, ProcessStatus, Receipt } from '../core/records.ts'

/** The records that bellhop's own topics hold. */
export interface OwnRecords {
  dispatch: DispatchRecord
  receipt: Receipt
  deadLetter: DeadLetter
  control: Control
  status: ProcessStatus
}

const SCHEMAS = new URL('../../schemas/', import.meta.url)

const FILES: Readonly<Record<keyof OwnRecords, string>> = {
  dispatch: 'dispatch.avsc',
  receipt: 'receipt.avsc',
  deadLetter: 'dead-letter.avsc',
  control: 'control.avsc',
  status: 'status.avsc',
}

/** The text of the schema's file, as the registry gets it. */
export function ownSchemaText(name: keyof OwnRecords): string {
  return readFileSync(new URL(FILES[name], SCHEMAS), 'utf8')
}

export function ownSchema(name: keyof OwnRecords): Schema {
  return JSON.parse(ownSchemaText(name))
}

/** Its values are as JSON has them: a union's value stands without its type's name. */
export function ownType(name: keyof OwnRecords): Type {
  return avro.Type.forSchema(ownSchema(name), { wrapUnions: false })
}
