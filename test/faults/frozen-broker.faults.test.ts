import { expect, it } from 'vitest'
import { startLocalKafka } from '../../src/local/start-local-kafka.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import { createScene, eventFor, laneConfig, runBellhop, untilReady } from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'

const processes = useProcesses()
const configFile = useConfigFiles()

it('a stop is bounded though the broker has frozen in the middle of transactions', async () => {
  const kafka = await startLocalKafka({ progress: () => undefined })
  const frozen = await createScene('frozen', { brokers: [kafka.brokers] })
  try {
    const file = configFile(
      laneConfig(frozen, {
        kafka: { brokers: [kafka.brokers] },
        destinations: { nowhere: { type: 'blackhole' } },
      }),
    )
    const bellhop = await runBellhop(processes, file)
    await untilReady(bellhop)
    const events = Array.from({ length: 3_000 }, (_, nth) => ({ value: eventFor('nowhere', `event ${nth}`) }))
    await frozen.produce(events)
    await eventually('it works', async () => {
      return /bellhop_matches_total\{[^}]*\} [1-9]/.test((await bellhop.get('/metrics')).body)
    })
    await frozen.produce(events)
    process.kill(Number(kafka.pid), 'SIGSTOP')
    const startedMs = performance.now()
    bellhop.kill('SIGTERM')
    await bellhop.exited(20_000)
    expect(performance.now() - startedMs).toBeLessThan(12_500)
  } finally {
    process.kill(Number(kafka.pid), 'SIGCONT')
    await frozen.close()
    await kafka.stop()
  }
})
