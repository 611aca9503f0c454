/** Rung at any time, heard at the next wait: no ring between two waits is lost. */
export const createBell = () => {
  let rung = false
  let hear = () => {}
  return {
    ring: () => {
      rung = true
      hear()
    },
    wait: async (ms: number) => {
      if (!rung) {
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, ms)
          hear = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      rung = false
    },
  }
}
