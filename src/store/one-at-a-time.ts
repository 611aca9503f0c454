/** Within this process: work with the same key runs one after the other, in the order it was asked for. */
export const oneAtATime = () => {
  const last = new Map<number, Promise<unknown>>()
  return async <T>(key: number, work: () => Promise<T>): Promise<T> => {
    const before = last.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    const settled = mine.catch(() => {})
    last.set(key, settled)
    try {
      return await mine
    } finally {
      if (last.get(key) === settled) last.delete(key)
    }
  }
}
