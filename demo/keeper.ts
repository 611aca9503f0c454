/** Something of ours that runs until it is stopped. */
export interface Running {
  stop: () => Promise<unknown>
}

export interface Keeper {
  /** Aborted when the end begins: a start that is under way gives up. */
  signal: AbortSignal
  /** Runs `start`, and answers for stopping what it gives. */
  keep: <T extends Running>(start: (signal: AbortSignal) => Promise<T>) => Promise<T>
  /** Everything in the opposite order, also what is only just starting. Resolves to what went wrong. */
  stopAll: () => Promise<string[]>
}

/** Answers for all that was started being stopped, once, whatever makes the demo end. */
export function createKeeper(): Keeper {
  const abort = new AbortController()
  const started: Promise<Running | undefined>[] = []
  return {
    signal: abort.signal,
    keep: start => {
      abort.signal.throwIfAborted()
      const running = start(abort.signal)
      started.push(running.catch(() => undefined))
      return running
    },
    stopAll: async () => {
      abort.abort()
      const problems: string[] = []
      for (const each of started.reverse())
        try {
          await (await each)?.stop()
        } catch (error) {
          problems.push(error instanceof Error ? error.message : String(error))
        }
      return problems
    },
  }
}
