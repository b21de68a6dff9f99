import { describe, expect, it } from 'vitest'
import { kebabCase, snakeCase, titleCase } from '../../../src/match/trigger/words.ts'

describe('words', () => {
  it.each([
    { text: 'test string', snake: 'test_string', kebab: 'test-string', title: 'Test String' },
    { text: 'Order Completed', snake: 'order_completed', kebab: 'order-completed', title: 'Order Completed' },
    { text: 'orderCompleted', snake: 'order_completed', kebab: 'order-completed', title: 'Order Completed' },
    { text: 'order-completed', snake: 'order_completed', kebab: 'order-completed', title: 'Order Completed' },
    { text: '  __a..b  ', snake: 'a_b', kebab: 'a-b', title: 'A B' },
    { text: 'v2Launch', snake: 'v2_launch', kebab: 'v2-launch', title: 'V2 Launch' },
    { text: 'HTML page', snake: 'html_page', kebab: 'html-page', title: 'Html Page' },
    { text: 'größe Ändern', snake: 'größe_ändern', kebab: 'größe-ändern', title: 'Größe Ändern' },
    { text: '🎉', snake: '', kebab: '', title: '' },
    { text: '', snake: '', kebab: '', title: '' },
  ])('$text', ({ text, snake, kebab, title }) => {
    expect([snakeCase(text), kebabCase(text), titleCase(text)]).toEqual([snake, kebab, title])
  })
})
