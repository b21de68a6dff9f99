/** Figures as a person reads them, written by hand: the demo's expectations share no code with the templates. */

export const CURRENCIES = ['USD', 'EUR', 'GBP'] as const
export type Currency = (typeof CURRENCIES)[number]

const SIGNS: Record<Currency, string> = { USD: '$', EUR: '€', GBP: '£' }

/** 1204567 is `1,204,567`. */
export function grouped(wholeNumber: number): string {
  const digits = String(wholeNumber)
  const head = digits.length % 3
  const groups = head === 0 ? [] : [digits.slice(0, head)]
  for (let at = head; at < digits.length; at += 3) groups.push(digits.slice(at, at + 3))
  return groups.join(',')
}

/** 120450 cents in USD are `$1,204.50`. */
export function amount(cents: number, currency: Currency): string {
  const fraction = String(cents % 100).padStart(2, '0')
  return `${SIGNS[currency]}${grouped(Math.floor(cents / 100))}.${fraction}`
}
