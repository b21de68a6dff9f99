/** A process with a supervised broker, for tests that kill it. Takes the plan as JSON, prints the broker's pid. */
import { setTimeout as delay } from 'node:timers/promises'
import { superviseBroker } from '../../src/local/supervised-broker.ts'

const broker = superviseBroker(JSON.parse(process.argv[2] ?? ''))
while (broker.pid === null) await delay(5)
process.stdout.write(`broker ${broker.pid}\n`)
