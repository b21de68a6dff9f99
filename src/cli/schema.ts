import { configurationSchema } from '../author/json-schema.ts'
import { type CommandIo, EXIT } from './io.ts'

/** `bellhop schema`: the JSON Schema of the configuration, for an editor to complete and check it by. */
export async function schema(io: Pick<CommandIo, 'stdout'>): Promise<number> {
  io.stdout.write(`${JSON.stringify(configurationSchema(), null, 2)}\n`)
  return EXIT.ok
}
