import { parentPort, workerData } from 'node:worker_threads'

/** Asks an address ten times a second, on a thread of its own: the one of the test is busy. Answers with the slowest time. */

let slowest = 0
let failed = 0
let asked = 0
let open = true
parentPort.on('message', () => {
  open = false
})
while (open) {
  const started = performance.now()
  const answer = await fetch(workerData.url).catch(() => undefined)
  asked += 1
  if (!answer?.ok) failed += 1
  slowest = Math.max(slowest, performance.now() - started)
  await new Promise(resolve => setTimeout(resolve, 100))
}
parentPort.postMessage({ asked, failed, slowestMilliseconds: Math.round(slowest) })
parentPort.close()
