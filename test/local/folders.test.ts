import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { cacheFolder, dataFolder } from '../../src/local/folders.ts'

it.each([
  ['the home folder when nothing is set', { HOME: '/home/ann' }, '/home/ann/.cache/bellhop'],
  ['XDG_CACHE_HOME', { HOME: '/home/ann', XDG_CACHE_HOME: '/var/cache/ann' }, '/var/cache/ann/bellhop'],
  ['no relative XDG_CACHE_HOME', { HOME: '/home/ann', XDG_CACHE_HOME: 'cache' }, '/home/ann/.cache/bellhop'],
  ['no empty XDG_CACHE_HOME', { HOME: '/home/ann', XDG_CACHE_HOME: '' }, '/home/ann/.cache/bellhop'],
  ['BELLHOP_CACHE as it is', { HOME: '/home/ann', XDG_CACHE_HOME: '/c', BELLHOP_CACHE: '/mine' }, '/mine'],
  ['BELLHOP_CACHE from the working folder', { BELLHOP_CACHE: 'mine' }, resolve('mine')],
])('caches below %s', (_where, env, folder) => {
  expect(cacheFolder(env)).toBe(folder)
})

it.each([
  ['the home folder when nothing is set', { HOME: '/home/ann' }, '/home/ann/.local/share/bellhop'],
  ['XDG_DATA_HOME', { HOME: '/home/ann', XDG_DATA_HOME: '/srv/ann' }, '/srv/ann/bellhop'],
  [
    'no relative XDG_DATA_HOME',
    { HOME: '/home/ann', XDG_DATA_HOME: 'data' },
    '/home/ann/.local/share/bellhop',
  ],
])('keeps data below %s', (_where, env, folder) => {
  expect(dataFolder(env)).toBe(folder)
})

it('asks the system for the home folder when HOME is not set', () => {
  expect(cacheFolder({})).toMatch(new RegExp(`^/.*${join('.cache', 'bellhop')}$`))
})
