/** The person asked for something that is not there or makes no sense; the message tells what to do instead. */
export class UsageError extends Error {
  override name = 'UsageError'
}
