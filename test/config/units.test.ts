import { describe, expect, it } from 'vitest'
import {
  formatDuration,
  parseDuration,
  parseHostPort,
  parseRate,
  parseSize,
  parseTime,
} from '../../src/config/units.ts'

describe('parseDuration', () => {
  it.each([
    ['10s', 10_000],
    ['250ms', 250],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['14d', 1_209_600_000],
    ['0s', 0],
    ['10', undefined],
    ['1w', undefined],
    ['-1s', undefined],
    ['1 h', undefined],
    ['s', undefined],
    ['1e3s', undefined],
    ['99999999999999999999d', undefined],
    ['', undefined],
  ])('reads %j as %j', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })
})

describe('formatDuration', () => {
  it.each([
    1, 999, 1_000, 90_000, 3_661_001, 1_209_600_000,
  ])('writes %d as something that is read as it', (value) => {
    expect(parseDuration(formatDuration(value))).toBe(value)
  })

  it('writes nothing as 0s', () => {
    expect(formatDuration(0)).toBe('0s')
  })
})

describe('parseSize', () => {
  it.each([
    ['1048576', 1_048_576],
    ['1MiB', 1_048_576],
    ['1.5 KiB', 1_536],
    ['2kB', 2_000],
    ['1gib', 1_073_741_824],
    ['5b', 5],
    ['1 MB/s', undefined],
    ['MiB', undefined],
    ['1constructor', undefined],
    ['-1', undefined],
    ['', undefined],
  ])('reads %j as %j', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })
})

describe('parseTime', () => {
  it.each([
    ['a time in UTC', '1970-01-02T00:00:00Z', 86_400_000],
    ['a time of another zone', '1970-01-02 01:30:00.5+01:30', 86_400_500],
    ['no seconds', '1970-01-02t00:01z', 86_460_000],
    ['a day, which begins in UTC', '1970-01-02', 86_400_000],
    ['a time without its zone', '1970-01-02T00:00:00', undefined],
    ['a day that no month has', '2026-02-31', undefined],
    ['an hour that no day has', '2026-01-31T25:00Z', undefined],
    ['a number, which Date.parse takes for a month', '7', undefined],
    ['a number, which Date.parse takes for December', '12', undefined],
    ['a word with a number', 'last-3', undefined],
    ['a year', '2026', undefined],
    ['nothing', '', undefined],
  ])('%s', (_, text, milliseconds) => {
    expect(parseTime(text)).toBe(milliseconds)
  })
})

describe('parseRate', () => {
  it.each([
    ['one a second', '1/s', 1_000],
    ['thirty a minute', '30/m', 2_000],
    ['a pace that does not divide evenly is rounded to the slower side', '7/s', 143],
    ['less than one a unit', '0.5/s', 2_000],
    ['several units', '1/10s', 10_000],
    ['spaces round the stroke', '100 / h', 36_000],
    ['off', 'off', null],
    ['false is off', 'false', null],
    ['nothing a second is no pace', '0/s', undefined],
    ['a number alone', '1', undefined],
    ['an unknown unit', '1/d', undefined],
    ['a word', 'slow', undefined],
  ])('%s', (_, text, interval) => {
    expect(parseRate(text)).toBe(interval)
  })
})

describe('parseHostPort', () => {
  it.each([
    ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['broker-1.example.com:65535', { host: 'broker-1.example.com', port: 65_535 }],
    ['localhost:65536', undefined],
    ['localhost', undefined],
    [':9464', undefined],
    ['::1:9464', undefined],
    ['user@host:1', undefined],
    ['http://host:1', undefined],
  ])('reads %j as %j', (text, address) => {
    expect(parseHostPort(text)).toEqual(address)
  })
})
