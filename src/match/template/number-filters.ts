/** Numbers for people: always as en-US writes them, so that a replay gives the same message. */
import type { FilterHandler } from './text-filters.ts'

const LOCALE = 'en-US'
const NUMERIC = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const MAX_DECIMALS = 20

/** A number, or text that is nothing but one; null for anything else, infinity among it. */
export function toNumber(value: unknown): number | bigint | null {
  if (typeof value === 'bigint') return value
  const number = typeof value === 'string' && NUMERIC.test(value.trim()) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

/** Making a format takes 60 times what using it takes; there are no more than currencies and decimals. */
function createFormats(): (key: string, options?: Intl.NumberFormatOptions) => Intl.NumberFormat {
  const formats = new Map<string, Intl.NumberFormat>()
  return (key, options) => {
    const format = formats.get(key) ?? new Intl.NumberFormat(LOCALE, options)
    formats.set(key, format)
    return format
  }
}

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))
const formatFor = createFormats()

/** `1234.5 | money: "USD"` is `$1,234.50`. Without a currency, or with one that is none: as `number`. */
const money: FilterHandler = (value: unknown, currency: unknown) => {
  const amount = toNumber(value)
  if (amount === null) return value
  const code = typeof currency === 'string' ? currency.trim().toUpperCase() : ''
  if (!currencies.has(code)) return formatFor('').format(amount)
  return formatFor(code, { style: 'currency', currency: code }).format(amount)
}

/** `1234567.891 | number` is `1,234,567.891`; `| number: 2` fixes the decimals. */
const number: FilterHandler = (value: unknown, decimals: unknown) => {
  const parsed = toNumber(value)
  if (parsed === null) return value
  const digits = Number(toNumber(decimals) ?? Number.NaN)
  if (!Number.isInteger(digits) || digits < 0 || digits > MAX_DECIMALS) return formatFor('').format(parsed)
  const fixed = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return formatFor(String(digits), fixed).format(parsed)
}

export const NUMBER_FILTERS: Readonly<Record<string, FilterHandler>> = { money, number }
