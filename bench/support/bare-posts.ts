/**
 * Posts and does nothing else: one message after the other to each webhook, all webhooks side by side, from memory.
 * What it reaches is the ceiling of the HTTP client. Started with the URLs and the number of messages as JSON.
 */
import { Agent, request } from 'undici'

const { urls, messages }: { urls: string[]; messages: number } = JSON.parse(process.argv[2] ?? '')
const dispatcher = new Agent({ connections: urls.length })
const headers = { 'content-type': 'application/json' }

await Promise.all(
  urls.map(async (url) => {
    for (let number = 0; number < messages; number += 1) {
      const body = JSON.stringify({ text: String(number) })
      const answer = await request(url, { method: 'POST', headers, body, dispatcher })
      await answer.body.text()
    }
  }),
)
await dispatcher.close()
