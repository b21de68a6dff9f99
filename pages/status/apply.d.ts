import type { Overview } from '../../src/observe/overview/overview.ts'
import type { ListUpdate, OverviewUpdate } from '../../src/observe/pages/overview-diff.ts'

export function applyUpdate(overview: Overview, update: OverviewUpdate): Overview
/** Throws where the update is not one of this list. */
export function applyList<T>(before: readonly T[], update: ListUpdate<T> | null | undefined): T[]
