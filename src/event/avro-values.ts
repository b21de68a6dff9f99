/**
 * What Avro's types are to the author of a trigger or template: numbers are numbers wherever that is exact, times are
 * ISO 8601, bytes are base64. docs/avro.md lists it for users.
 */

/** Digits that every decimal number of so many keeps on its way through a double. */
const EXACT_DIGITS = 15

/** Nearly 10,000 digits. To write a megabyte as digits takes seconds. */
const MOST_DECIMAL_BYTES = 4_096

/** A decimal as the number it is, as text where a number would not hold it; base64 where it is of absurd length. */
export function decimalValue(bytes: Buffer, scale: number): number | bigint | string {
  if (bytes.length > MOST_DECIMAL_BYTES) return bytes.toString('base64')
  const unscaled = signedInteger(bytes)
  const sign = unscaled < 0n ? '-' : ''
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale)
  const significant = `${whole}${fraction.replace(/0+$/, '')}`.replace(/^0+/, '')
  const text = scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${fraction}`
  if (significant.length <= EXACT_DIGITS) return Number(text) + 0
  return /[1-9]/.test(fraction) ? text : integerValue(BigInt(`${sign}${whole}`))
}

/** Two's complement, the first byte the most significant. */
function signedInteger(bytes: Buffer): bigint {
  if (bytes.length === 0) return 0n
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))
}

function integerValue(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** So many tell every float from its neighbours. */
const MOST_FLOAT_DIGITS = 9

/** The shortest decimal that is this float: 0.1, where the double of the same value is 0.10000000149011612. */
export function floatValue(float: number): number | null {
  if (Number.isInteger(float) || !Number.isFinite(float)) return doubleValue(float)
  for (let digits = 6; digits <= MOST_FLOAT_DIGITS; digits++) {
    const shorter = Number(float.toPrecision(digits))
    if (Math.fround(shorter) === float) return shorter
  }
  return float
}

/** JSON has no word for infinity and for what is no number: they count as missing. */
export function doubleValue(double: number): number | null {
  return Number.isFinite(double) ? double : null
}

const MS_A_DAY = 86_400_000

/** `2026-01-31`. */
export function dateValue(days: number): string | number {
  return isoOf(days * MS_A_DAY)?.replace(/T.*$/, '') ?? days
}

/** `08:30:00`, with a fraction where there is one. */
export function timeValue(time: number | bigint, digits: 3 | 6): string | number | bigint {
  const perSecond = digits === 3 ? 1_000 : 1_000_000
  const seconds = typeof time === 'number' ? Math.floor(time / perSecond) : -1
  if (typeof time !== 'number' || seconds < 0 || seconds >= 86_400) return time
  const fraction = time - seconds * perSecond
  const clock = isoOf(seconds * 1_000)?.slice(11, 19) ?? ''
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(digits, '0')}`
}

export type TimestampDigits = 3 | 6 | 9

/** `2026-01-31T08:00:00.000Z`: milliseconds, and as many more digits as say something; a time of no year stays a number. */
export function timestampValue(
  time: number | bigint,
  { digits, zone }: { digits: TimestampDigits; zone: 'Z' | '' },
): string | number | bigint {
  const perMs = digits === 3 ? 1 : digits === 6 ? 1_000 : 1_000_000
  const { ms, rest } = split(time, perMs)
  const iso = isoOf(ms)
  if (iso === null) return time
  const more = rest === 0 ? '' : String(rest).padStart(digits - 3, '0')
  return `${iso.slice(0, -1)}${more}${zone}`
}

function split(time: number | bigint, perMs: number): { ms: number; rest: number } {
  if (typeof time === 'number') {
    const ms = Math.floor(time / perMs)
    return { ms, rest: time - ms * perMs }
  }
  const per = BigInt(perMs)
  const rest = ((time % per) + per) % per
  return { ms: Number((time - rest) / per), rest: Number(rest) }
}

const MOST_MS = 8.64e15

function isoOf(ms: number): string | null {
  return Math.abs(ms) <= MOST_MS ? new Date(ms).toISOString() : null
}

/** `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`. */
export function uuidValue(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
