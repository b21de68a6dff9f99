import { type Browser, chromium } from 'playwright-core'

/** Debian's. */
export const CHROMIUM = '/usr/bin/chromium'

export function launchChromium(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync']
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [...args, '--disable-background-networking', '--disable-component-update'],
  })
}
