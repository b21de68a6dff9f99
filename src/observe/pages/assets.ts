import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** A file of the page, ready to be sent. */
export interface Asset {
  contentType: string
  body: Buffer
  etag: string
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The same folder from src/ and from dist/. */
const PAGE_FOLDER = new URL('../../../pages/status/', import.meta.url)

/** Every file of the page by its name. All are read now: no request ever reaches the file system. */
export async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>()
  for (const name of await readdir(PAGE_FOLDER)) {
    const contentType = CONTENT_TYPES[path.extname(name)]
    if (contentType === undefined) continue
    const body = await readFile(new URL(name, PAGE_FOLDER))
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    assets.set(name, { contentType, body, etag })
  }
  return assets
}
