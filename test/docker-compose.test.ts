import { execFile } from 'node:child_process'
import { access, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { loadConfig } from '../src/config/load.ts'
import { parseDuration } from '../src/config/units.ts'
import { close, listen } from '../src/demo/listen.ts'
import { KAFKA_VERSION } from '../src/local/kafka-jars.ts'
import { REGISTRY_PATH, REGISTRY_VERSION } from '../src/local/local-registry.ts'
import { useConfigFiles } from './support/bellhop-config.ts'
import { PROJECT_ROOT, useProcesses } from './support/processes.ts'

const WATCHER = z.object({
  profiles: z.array(z.string()),
  image: z.string(),
  ports: z.array(z.string()),
  volumes: z.array(z.string()),
  healthcheck: z.object({ test: z.array(z.string()) }),
})

const FILE = z.object({
  services: z.object({
    kafka: z.object({
      image: z.string(),
      hostname: z.string(),
      ports: z.array(z.string()),
      environment: z.record(z.string(), z.string()),
      volumes: z.array(z.string()),
      healthcheck: z.object({ test: z.array(z.string()) }),
    }),
    bellhop: z.strictObject({
      build: z.string(),
      volumes: z.array(z.string()),
      read_only: z.boolean(),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })),
      restart: z.string(),
      stop_grace_period: z.string(),
    }),
    simulator: z.object({
      build: z.string(),
      command: z.array(z.string()),
      healthcheck: z.object({ test: z.array(z.string()) }),
    }),
    prometheus: WATCHER,
    grafana: WATCHER.extend({
      environment: z.record(z.string(), z.string()),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })),
    }),
    registry: z.object({
      profiles: z.array(z.string()),
      image: z.string(),
      ports: z.array(z.string()),
      healthcheck: z.object({ test: z.array(z.string()) }),
    }),
  }),
  volumes: z.object({ 'kafka-data': z.null() }),
})

const SCRAPING = z.object({
  scrape_configs: z.array(z.strictObject({ job_name: z.string(), dns_sd_configs: z.array(z.unknown()) })),
})
const SOURCES = z.object({
  datasources: z.array(z.object({ type: z.string(), url: z.string(), isDefault: z.boolean() })),
})
const PROVIDERS = z.object({
  providers: z.array(
    z.object({ type: z.string(), allowUiUpdates: z.boolean(), options: z.object({ path: z.string() }) }),
  ),
})

/** What `docker compose config` prints, as far as it prints what was written. */
const UNDERSTOOD = z.object({
  services: z.object({
    kafka: z.object({ image: z.string(), environment: z.record(z.string(), z.string()) }),
  }),
})

const { services } = FILE.parse(parse(await readFile(`${PROJECT_ROOT}/docker-compose.yml`, 'utf8')))
const { kafka, bellhop, simulator, registry, prometheus, grafana } = services
const env = kafka.environment

const processes = useProcesses()
const configFile = useConfigFiles()

const config = await composeConfig()
if (config === null) {
  process.stderr.write(
    'docker-compose.yml: Docker Compose does not run here, so only this test has read it\n',
  )
} else {
  it('is understood by Docker Compose', () => {
    const understood = UNDERSTOOD.parse(parse(config)).services.kafka

    expect(understood).toEqual({ image: kafka.image, environment: env })
  })
}

it('runs the same Kafka as bellhop itself does', () => {
  expect(kafka.image).toBe(`apache/kafka:${KAFKA_VERSION}`)
})

it('is one node that is broker and controller, and votes for itself', () => {
  expect(env.KAFKA_PROCESS_ROLES).toBe('broker,controller')
  expect(env.KAFKA_CONTROLLER_QUORUM_VOTERS).toBe(
    `${env.KAFKA_NODE_ID}@${listeners('KAFKA_LISTENERS')[env.KAFKA_CONTROLLER_LISTENER_NAMES ?? '']}`,
  )
})

it('can be reached from the host at 127.0.0.1:9092 and nowhere else, and by other services as kafka', () => {
  expect(kafka.ports).toEqual(['127.0.0.1:9092:9092'])
  expect(kafka.hostname).toBe('kafka')
  expect(listeners('KAFKA_ADVERTISED_LISTENERS')).toEqual({ HOST: '127.0.0.1:9092', INSIDE: 'kafka:29092' })
  expect(listeners('KAFKA_LISTENERS')).toMatchObject({ HOST: ':9092', INSIDE: ':29092' })
})

it('gives every listener a protocol, and the broker one by which it reaches itself', () => {
  const protocols = Object.fromEntries(
    (env.KAFKA_LISTENER_SECURITY_PROTOCOL_MAP ?? '').split(',').map((pair) => pair.split(':')),
  )

  expect(Object.keys(protocols).toSorted()).toEqual(Object.keys(listeners('KAFKA_LISTENERS')).toSorted())
  expect(env.KAFKA_INTER_BROKER_LISTENER_NAME).toBe('INSIDE')
})

it.each([
  'KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR',
  'KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR',
  'KAFKA_TRANSACTION_STATE_LOG_MIN_ISR',
  'KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR',
  'KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR',
])('asks for one replica in %s: there is one broker', (name) => {
  expect(env[name]).toBe('1')
})

it('keeps its data in the volume', () => {
  expect(kafka.volumes).toEqual([`kafka-data:${env.KAFKA_LOG_DIRS}`])
})

it('is healthy when a client inside is answered', () => {
  expect(kafka.healthcheck.test.join(' ')).toContain(
    'kafka-broker-api-versions.sh --bootstrap-server localhost:29092',
  )
})

describe('bellhop', () => {
  it('can run more than once: it has no name and no port of the host, and waits for what it needs', () => {
    // The schema is strict: container_name and ports would have been refused.
    expect(bellhop).toMatchObject({
      build: '.',
      depends_on: { kafka: { condition: 'service_healthy' }, simulator: { condition: 'service_healthy' } },
    })
  })

  it('is given longer to stop than a stop can take', () => {
    expect(parseDuration(bellhop.stop_grace_period)).toBeGreaterThan(12_000)
  })

  it('reads a configuration that loads, and leads to the services of this file', async () => {
    const [from = '', to] = bellhop.volumes[0]?.split(':') ?? []
    const loaded = await loadConfig(`${PROJECT_ROOT}/${from}`, { env: {}, secrets: 'required' })

    expect(loaded).toMatchObject({ kind: 'loaded', warnings: [] })
    if (loaded.kind !== 'loaded') return
    expect(to).toBe('/etc/bellhop/bellhop.yaml')
    expect(loaded.config.kafka.brokers).toEqual(['kafka:29092'])
    expect(loaded.config.http).toEqual({ host: '0.0.0.0', port: 9464 })
    const addresses = [...loaded.config.destinations.values()].map((destination) => {
      if (destination.type === 'webhook') return new URL(destination.url.reveal()).origin
      return destination.type === 'api' ? new URL(destination.methodUrl).origin : destination.type
    })
    expect(new Set(addresses)).toEqual(new Set(['http://simulator:3999', 'blackhole']))
  })
})

describe('the simulator', () => {
  it('listens where the others reach it, and is asked there whether it does', () => {
    expect(simulator.command).toEqual(['simulator', '--host', '0.0.0.0', '--port', '3999'])
    expect(simulator.healthcheck.test.join(' ')).toContain('connect(3999,')
  })

  it.each([
    { listens: true, code: 0 },
    { listens: false, code: 1 },
  ])('is told to be well with $code where something listens: $listens', async ({ listens, code }) => {
    const server = createServer()
    const port = Number(new URL(await listen(server, { host: '127.0.0.1', port: 0 })).port)
    onTestFinished(() => close(server))
    if (!listens) await close(server)
    const [, command, ...args] = simulator.healthcheck.test

    expect(command).toBe('node')
    const check = processes.node(args.map((arg) => arg.replace('3999', String(port))))
    expect((await check.exited()).code).toBe(code)
  })
})

describe('what watches', () => {
  it('is of an exact version and only started where it is asked for', () => {
    for (const { profiles, image } of [prometheus, grafana]) {
      expect(profiles).toEqual(['watch'])
      expect(image).toMatch(/^(prom\/prometheus:v|grafana\/grafana:)\d+\.\d+\.\d+$/)
    }
  })

  it('can be reached from the host at 127.0.0.1 and nowhere else, and is asked there whether it is well', () => {
    expect(prometheus.ports).toEqual(['127.0.0.1:9090:9090'])
    expect(grafana.ports).toEqual(['127.0.0.1:3000:3000'])
    expect(prometheus.healthcheck.test.join(' ')).toContain('http://127.0.0.1:9090/-/ready')
    expect(grafana.healthcheck.test.join(' ')).toContain('http://127.0.0.1:3000/api/health')
  })

  it('mounts, read-only, what there is', async () => {
    const mounts = [...prometheus.volumes, ...grafana.volumes].map((volume) => volume.split(':'))

    expect(mounts.map(([, to, mode]) => [to, mode])).toEqual([
      ['/etc/prometheus', 'ro'],
      ['/etc/grafana/provisioning', 'ro'],
      ['/var/lib/grafana/dashboards/bellhop.json', 'ro'],
    ])
    for (const [from = ''] of mounts) await access(`${PROJECT_ROOT}/${from}`)
  })

  it('scrapes every bellhop that there is, where it serves its metrics', async () => {
    const scraping = SCRAPING.parse(parse(await read('deploy/prometheus/prometheus.yml')))
    const compose = await loadConfig(`${PROJECT_ROOT}/deploy/compose/bellhop.yaml`, {
      env: {},
      secrets: 'required',
    })

    expect(scraping.scrape_configs).toEqual([
      {
        job_name: 'bellhop',
        dns_sd_configs: [{ names: ['bellhop'], type: 'A', port: 9464, refresh_interval: '15s' }],
      },
    ])
    expect(Object.keys(services)).toContain('bellhop')
    expect(compose).toMatchObject({ config: { http: { host: '0.0.0.0', port: 9464 } } })
  })

  it('shows the dashboard to whoever looks, from the Prometheus of this file, and lets nobody change it', async () => {
    const sources = SOURCES.parse(
      parse(await read('deploy/grafana/provisioning/datasources/prometheus.yaml')),
    )
    const shown = PROVIDERS.parse(parse(await read('deploy/grafana/provisioning/dashboards/bellhop.yaml')))

    expect(sources.datasources).toMatchObject([
      { type: 'prometheus', url: 'http://prometheus:9090', isDefault: true },
    ])
    expect(shown.providers).toMatchObject([{ type: 'file', allowUiUpdates: false }])
    expect(grafana.environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_AUTH_DISABLE_LOGIN_FORM: 'true',
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${shown.providers[0]?.options.path}/bellhop.json`,
    })
    expect(grafana.depends_on).toEqual({ prometheus: { condition: 'service_healthy' } })
  })
})

describe('the schema registry', () => {
  it('is the one that the demo and the tests run, and is only started where it is asked for', () => {
    expect(registry.image).toBe(`apicurio/apicurio-registry:${REGISTRY_VERSION}`)
    expect(registry.profiles).toEqual(['avro'])
    expect(Object.keys(bellhop.depends_on)).not.toContain('registry')
  })

  it('can be reached from the host at 127.0.0.1 and nowhere else', () => {
    expect(registry.ports).toEqual(['127.0.0.1:8081:8080'])
  })

  it('is where the configuration leads bellhop once its lines are uncommented', async () => {
    const [from = ''] = bellhop.volumes[0]?.split(':') ?? []
    const text = await readFile(`${PROJECT_ROOT}/${from}`, 'utf8')
    const file = configFile(text.replace(/^#(registry:| {2}url:)/gm, '$1'))
    const loaded = await loadConfig(file, { env: {}, secrets: 'required' })

    expect(loaded).toMatchObject({
      kind: 'loaded',
      warnings: [],
      config: { registry: { url: `http://registry:8080${REGISTRY_PATH}` } },
    })
  })

  it.each([
    { answer: 200, code: 0 },
    { answer: 503, code: 1 },
    { answer: null, code: 1 },
  ])('is told to be well with $code where a registry answers with $answer', async ({ answer, code }) => {
    const asked: (string | undefined)[] = []
    const server = createServer((request, response) => {
      asked.push(request.url)
      response.writeHead(answer ?? 500).end('[]')
    })
    const port = Number(new URL(await listen(server, { host: '127.0.0.1', port: 0 })).port)
    onTestFinished(() => close(server))
    if (answer === null) await close(server)
    const [, command = '', ...args] = registry.healthcheck.test
    const asCompose = args.map((arg) => arg.replaceAll('$$', '$').replace('/8080', `/${port}`))

    const ended = await promisify(execFile)(command, asCompose).then(
      () => 0,
      (error: { code?: number }) => error.code,
    )
    expect(ended).toBe(code)
    expect(asked).toEqual(answer === null ? [] : [`${REGISTRY_PATH}/subjects`])
  })
})

function read(path: string): Promise<string> {
  return readFile(`${PROJECT_ROOT}/${path}`, 'utf8')
}

/** `HOST://127.0.0.1:9092,INSIDE://kafka:29092` by name. */
function listeners(name: string): Record<string, string> {
  return Object.fromEntries((env[name] ?? '').split(',').map((listener) => listener.split('://')))
}

/** The file as Compose understands it; null where there is no Compose. What Compose refuses is an error. */
async function composeConfig(): Promise<string | null> {
  const run = promisify(execFile)
  const file = ['-f', `${PROJECT_ROOT}/docker-compose.yml`]
  for (const [command = '', ...args] of [['docker', 'compose'], ['docker-compose']]) {
    const found = await run(command, [...args, 'version']).catch(() => null)
    if (found !== null) return (await run(command, [...args, ...file, 'config'])).stdout
  }
  return null
}
