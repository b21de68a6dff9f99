/** The schema of the demo's Avro events, in two versions: records with the fields of the Segment spec. */
export interface EventSchema {
  type: 'record'
  name: string
  namespace: string
  doc: string
  fields: readonly { name: string; type: unknown; default?: null; doc?: string }[]
}

const PRODUCT = {
  type: 'record',
  name: 'Product',
  fields: [
    { name: 'sku', type: 'string' },
    { name: 'quantity', type: 'int' },
  ],
}

const VALUES = ['null', 'boolean', 'long', 'double', 'string']

const OLDER_FIELDS = [
  { name: 'type', type: { type: 'enum', name: 'Call', symbols: ['track', 'identify', 'page', 'group'] } },
  { name: 'messageId', type: 'string' },
  { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-millis' } },
  optional('userId', 'string'),
  optional('anonymousId', 'string'),
  optional('groupId', 'string'),
  optional('event', 'string'),
  optional('name', 'string'),
  optional('properties', { type: 'map', values: [...VALUES, { type: 'array', items: PRODUCT }] }),
  optional('traits', { type: 'map', values: VALUES }),
  optional('integrations', { type: 'map', values: 'boolean' }),
]

const CONTEXT = {
  type: 'record',
  name: 'Context',
  fields: [
    {
      name: 'library',
      type: {
        type: 'record',
        name: 'Library',
        fields: [
          { name: 'name', type: 'string' },
          { name: 'version', type: 'string' },
        ],
      },
    },
    { name: 'locale', type: 'string' },
  ],
}

/** The newer one has a field more, with a default: readers of either version read both. */
export const EVENT_SCHEMAS: Readonly<Record<'older' | 'newer', EventSchema>> = {
  older: schemaOf('What somebody did, as apps told it until last year.', OLDER_FIELDS),
  newer: schemaOf('What somebody did, and with which app.', [...OLDER_FIELDS, optional('context', CONTEXT)]),
}

function optional(name: string, type: unknown): EventSchema['fields'][number] {
  return { name, type: ['null', type], default: null }
}

function schemaOf(doc: string, fields: EventSchema['fields']): EventSchema {
  return { type: 'record', name: 'Event', namespace: 'com.example.analytics', doc, fields }
}
