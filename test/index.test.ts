import { compileMessage, compileTrigger, TemplateError, TriggerError } from 'bellhop'
import { describe, expect, it } from 'vitest'

const order = { type: 'track', event: 'Order Completed', properties: { name: 'Ann <3', total: 5 } }

describe('the package', () => {
  it('compiles a trigger to a function of an event', () => {
    const matches = compileTrigger('event = "Order Completed" and properties.total > 4')
    expect(matches(order)).toBe(true)
    expect(matches({ ...order, properties: { total: 4 } })).toBe(false)
  })

  it('throws an error that says where a trigger is wrong', () => {
    try {
      compileTrigger('type = "track"\n  and lenght(event) > 1')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(TriggerError)
      expect(error).toMatchObject({ line: 2, column: 7, message: expect.stringContaining('length') })
    }
  })

  it('compiles a message to a function of an event', () => {
    const render = compileMessage('{{$.properties.name}} paid {{$.properties.total}}')
    expect(render(order)).toBe('Ann &lt;3 paid 5')
  })

  it.each([
    ['milliseconds', 1_700_000_000_000],
    ['a Date', new Date(1_700_000_000_000)],
  ])('counts "ago" from now, given as %s', (_, now) => {
    expect(compileMessage('{{ at | ago }}')({ at: 1_700_000_000_000 - 42 * 60_000 }, { now })).toBe(
      '42 min ago',
    )
  })

  it('throws an error that says where a template is wrong', () => {
    expect(() => compileMessage('{{ name | upcase')).toThrow(TemplateError)
  })
})
