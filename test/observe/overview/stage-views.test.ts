import { expect, it } from 'vitest'
import type { PartitionStatus } from '../../../src/core/records.ts'
import { stageViews } from '../../../src/observe/overview/stage-views.ts'
import { processOf } from './support/records.ts'

const at: PartitionStatus = {
  stage: 'match',
  topic: 'events',
  partition: 0,
  position: 10,
  lag: 5,
  trouble: null,
}

function seen(process: string, partitions: PartitionStatus[], quietMs = 1_000) {
  return { status: processOf(process, { partitions }), quietMs, gone: quietMs >= 15_000 }
}

const ends = {
  stage: 'match',
  topic: 'events',
  ranges: new Map([
    [0, { low: 0, high: 30 }],
    [1, { low: 8, high: 20 }],
    [2, { low: 0, high: 20 }],
  ]),
  committed: new Map([[1, 3]]),
}

it('takes a held partition’s position and lag, and for one that nobody holds what is committed and still there', () => {
  const [stage] = stageViews([seen('p', [at])], [ends])
  expect(stage).toEqual({
    stage: 'match',
    topic: 'events',
    lag: 17,
    partitions: [
      { partition: 0, process: 'p', position: 10, lag: 5, trouble: null },
      { partition: 1, process: null, position: 3, lag: 12, trouble: null },
      { partition: 2, process: null, position: null, lag: null, trouble: null },
    ],
  })
})

it('counts the lag from the position where its holder does not know where the partition ends yet', () => {
  const [stage] = stageViews([seen('p', [{ ...at, lag: null }])], [ends])
  expect(stage?.partitions[0]).toMatchObject({ process: 'p', position: 10, lag: 20 })
})

it('shows what processes say where the broker says nothing', () => {
  const [stage] = stageViews([seen('p', [at])], [])
  expect(stage).toMatchObject({ lag: 5, partitions: [{ process: 'p', position: 10, lag: 5 }] })
})

it('believes whoever was heard of last, and nobody who is gone', () => {
  const [stage] = stageViews(
    [
      seen('alive', [{ ...at, position: 12 }], 500),
      seen('dying', [at], 9_000),
      seen('gone', [{ ...at, partition: 7 }], 20_000),
    ],
    [],
  )
  expect(stage?.partitions).toEqual([
    expect.objectContaining({ partition: 0, process: 'alive', position: 12 }),
  ])
})

it('has the stages in the order of the flow', () => {
  const dispatch = { ...ends, stage: 'dispatch', topic: 'bellhop.dispatch' }
  expect(stageViews([], [dispatch, ends]).map(({ stage }) => stage)).toEqual(['match', 'dispatch'])
})
