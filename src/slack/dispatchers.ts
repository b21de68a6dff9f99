import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import type { DestinationTls } from '../config/config.ts'
import { AppError } from '../core/errors.ts'

/**
 * Connections, kept apart by whom they trust and who they say they are: destinations that differ in `tls` share
 * neither sockets nor TLS sessions, though they be of one origin. A setting is for the connection to the receiver,
 * through a proxy or not; a proxy is always judged by the well-known authorities.
 */
export interface Dispatchers {
  /** Of a `tls` that nobody takes away. */
  for(tls: DestinationTls | null): Dispatcher
  /** Of a destination's `tls`, for one post, which says when it has ended; those without share one. */
  use(tls: DestinationTls | null): { dispatcher: Dispatcher; ended(): void }
  /**
   * Makes what these need, and throws where that cannot be. What it gives lets go of the others, each when the last
   * post that uses it has ended.
   */
  prepare(settings: Iterable<DestinationTls | null>): () => void
  /** Ends all connections at once. */
  destroy(): Promise<void>
}

/**
 * Shorter than servers keep an idle socket (Node.js 5 s, load balancers 60 s and more), since a post written while
 * the server closes the socket is ambiguous for ever. A lane paced at one a second reuses its socket all the same.
 */
const KEEP_ALIVE_MS = 4_000

/** The connections of one setting. */
interface Shared {
  dispatcher: Dispatcher
  posts: number
  /** No destination is configured so any more. */
  retired: boolean
}

/** @throws AppError config_invalid where HTTP_PROXY or HTTPS_PROXY is no URL. */
export function createDispatchers(deadlineMs: number): Dispatchers {
  const share = (tls: DestinationTls | null): Shared => ({
    dispatcher: createDispatcher(tls, deadlineMs),
    posts: 0,
    retired: false,
  })
  const plain = share(null)
  const bySetting = new Map<string, Shared>()
  /** Those that are not in the map any more, and still have posts. */
  const retiring = new Set<Shared>()
  /** A setting is compared once for each object that holds it, not for each post. */
  const byObject = new WeakMap<DestinationTls, Shared>()

  function sharedOf(tls: DestinationTls | null): Shared {
    if (tls === null) return plain
    const known = byObject.get(tls)
    if (known !== undefined && !known.retired) return known
    const setting = settingOf(tls)
    const shared = bySetting.get(setting) ?? share(tls)
    bySetting.set(setting, shared)
    byObject.set(tls, shared)
    return shared
  }

  function closeWhenUnused(shared: Shared): void {
    if (shared.posts > 0) return
    retiring.delete(shared)
    void shared.dispatcher.destroy()
  }

  return {
    for: (tls) => sharedOf(tls).dispatcher,
    use(tls) {
      const shared = sharedOf(tls)
      shared.posts += 1
      const ended = (): void => {
        shared.posts -= 1
        if (shared.retired) closeWhenUnused(shared)
      }
      return { dispatcher: shared.dispatcher, ended }
    },
    prepare(settings) {
      const wanted = new Set<Shared>()
      for (const tls of settings) wanted.add(sharedOf(tls))
      return () => {
        for (const [setting, shared] of bySetting) {
          if (wanted.has(shared)) continue
          bySetting.delete(setting)
          shared.retired = true
          retiring.add(shared)
          closeWhenUnused(shared)
        }
      }
    },
    async destroy() {
      const all = [plain, ...bySetting.values(), ...retiring]
      await Promise.all(all.map(({ dispatcher }) => dispatcher.destroy()))
    },
  }
}

function settingOf({ ca, cert, key, insecureSkipVerify }: DestinationTls): string {
  return JSON.stringify([ca, cert, key?.reveal(), insecureSkipVerify])
}

function createDispatcher(tls: DestinationTls | null, deadlineMs: number): Dispatcher {
  const checked = { rejectUnauthorized: true, timeout: deadlineMs }
  const receiver = tls === null ? checked : { ...trustOf(tls), timeout: deadlineMs }
  const noProxy = process.env.no_proxy ?? process.env.NO_PROXY ?? ''
  try {
    return new EnvHttpProxyAgent({
      connect: receiver,
      requestTls: receiver,
      proxyTls: checked,
      factory: createReceiverPool,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // A server's Keep-Alive hint may shorten this, never lengthen it.
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      noProxy: noProxy.trim() === '*' ? '*' : `${noProxy},localhost,127.0.0.1,[::1]`,
      // A proxy that accepts and never answers would otherwise hold the socket for 300 s.
      clientFactory: (origin, poolOptions) =>
        new TunnelPool(origin, { ...poolOptions, headersTimeout: deadlineMs }),
    })
  } catch {
    // The cause would show the proxy's address, and its password with it.
    throw new AppError(
      'config_invalid',
      'HTTP_PROXY or HTTPS_PROXY in the environment is not a URL such as http://proxy.example.com:3128: correct or unset it.',
    )
  }
}

/** The certificates are parsed here, once, and not for each connection; the key's text stays out of undici's options. */
function trustOf(tls: DestinationTls) {
  const options: SecureContextOptions = {}
  if (tls.ca !== null) options.ca = tls.ca
  if (tls.cert !== null) options.cert = tls.cert
  if (tls.key !== null) options.key = tls.key.reveal()
  return { secureContext: createSecureContext(options), rejectUnauthorized: !tls.insecureSkipVerify }
}

/**
 * Connections to one receiver. A receiver that refuses our certificate says why in a TLS alert, and closes: undici
 * keeps the last error of a socket, which is then no more than that it was closed. Here the first one ends it.
 */
function createReceiverPool(origin: string | URL, options: Pool.Options): Pool {
  const { connect: given } = options
  const connect = typeof given === 'function' ? given : buildConnector({ ...given })
  return new Pool(origin, {
    ...options,
    connect(target, callback) {
      connect(target, (...result) => {
        const [, socket] = result
        socket?.once('error', (error) => socket.destroy(error))
        callback(...result)
      })
    },
  })
}

/**
 * Connections to a proxy, whose refusals and failures are told apart from the receiver's. Without a code of their own
 * undici would take some for a socket that closed between two requests, and connect again at once, thousands of times
 * a second.
 */
class TunnelPool extends Pool {
  override async connect(
    options: Omit<Dispatcher.ConnectOptions, 'origin'>,
  ): Promise<Dispatcher.ConnectData> {
    const tunnel = await super.connect(options).catch((error: Error) => {
      throw proxyError('code' in error && typeof error.code === 'string' ? error.code : 'failed')
    })
    if (tunnel.statusCode === 200) return tunnel
    tunnel.socket.on('error', () => {}).destroy()
    throw proxyError(`answered ${tunnel.statusCode}`)
  }
}

/** Its code is what an attempt tells of it. */
function proxyError(what: string): Error {
  return Object.assign(new Error('The proxy gave no tunnel.'), { code: `proxy: ${what}` })
}
