/** JSONPath (RFC 9535) as data, without filters. */

export type Selector =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | {
      readonly kind: 'slice'
      readonly start: number | null
      readonly end: number | null
      readonly step: number
    }
  | { readonly kind: 'wildcard' }

export interface Segment {
  /** Whether `..` stood before it: it selects from the value and from every value below. */
  readonly descendant: boolean
  /** At least one. */
  readonly selectors: readonly Selector[]
}

/** No segments: the whole event. */
export type JsonPath = readonly Segment[]

/** `.name` */
export function nameSegment(name: string): Segment {
  return { descendant: false, selectors: [{ kind: 'name', name }] }
}

/** The one key that a segment reads, or null where it can have several results. */
export function plainKey({ descendant, selectors }: Segment): string | number | null {
  const [selector] = selectors
  if (descendant || selectors.length !== 1 || selector === undefined) return null
  if (selector.kind === 'name') return selector.name
  return selector.kind === 'index' ? selector.index : null
}
