import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anchors, links, page, pages, ROOT } from './support/markdown.ts'

const targets = pages().flatMap((from) =>
  links(from)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => ({ from: from.name, target })),
)

describe('links', () => {
  it('are there', () => {
    expect(targets.length).toBeGreaterThan(20)
  })

  it.each(targets)('$from: $target leads somewhere', ({ from, target }) => {
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? join(ROOT, from) : join(ROOT, dirname(from), path)
    expect(existsSync(file)).toBe(true)
    if (anchor !== undefined) expect(anchors(page(relative(ROOT, file)))).toContain(anchor)
  })

  it('name no host but examples, documentation and Slack', () => {
    const hosts = pages().flatMap(({ text }) =>
      [...text.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host = '']) => host),
    )
    const known = /^(?:.*\.)?(?:example\.com|slack\.com|slack-gov\.com)$|^127\.0\.0\.1$|^localhost$/
    expect(hosts.filter((host) => !known.test(host))).toEqual([])
  })
})

describe('commands', () => {
  it.each([
    ...new Set(
      pages().flatMap(({ text }) => [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name)),
    ),
  ])('npm run %s is a script', (name) => {
    const scripts: Record<string, string> = JSON.parse(page('package.json').text).scripts
    expect(Object.keys(scripts)).toContain(name)
  })
})
