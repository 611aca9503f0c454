/** The YAML parser makes an error for every bracket that is too many; their stack traces are most of its time. */
export const withoutStacks = <T>(work: () => T): T => {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return work()
  } finally {
    Error.stackTraceLimit = before
  }
}
