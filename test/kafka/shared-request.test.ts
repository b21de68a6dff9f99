import { expect, it } from 'vitest'
import { SharedRequest } from '../../src/kafka/shared-request.ts'

/** Requests that are answered when a test says so, with the number of the request. */
function requestsOnDemand() {
  const answers: PromiseWithResolvers<number>[] = []
  const shared = new SharedRequest(() => {
    const answer = Promise.withResolvers<number>()
    answers.push(answer)
    return answer.promise
  })
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return { shared, answers, turn, answer: (nth: number) => answers[nth]?.resolve(nth) }
}

it('is sent once for all who ask in the same turn', async () => {
  const { shared, answers, turn, answer } = requestsOnDemand()
  const asked = [shared.ask(), shared.ask(), shared.ask()]
  await turn()
  answer(0)
  expect(await Promise.all(asked)).toEqual([0, 0, 0])
  expect(answers).toHaveLength(1)
})

it('is sent anew for who asks while one is under way: that one may have been answered from before', async () => {
  const { shared, turn, answer } = requestsOnDemand()
  const first = shared.ask()
  await turn()
  const [second, third] = [shared.ask(), shared.ask()]
  answer(0)
  expect(await first).toBe(0)
  await turn()
  answer(1)
  expect(await Promise.all([second, third])).toEqual([1, 1])
})

it('fails for those who asked, and is sent again for the next', async () => {
  const { shared, answers, turn, answer } = requestsOnDemand()
  const failing = expect(shared.ask()).rejects.toThrow('away')
  await turn()
  answers[0]?.reject(new Error('away'))
  await failing
  const next = shared.ask()
  await turn()
  answer(1)
  expect(await next).toBe(1)
})
