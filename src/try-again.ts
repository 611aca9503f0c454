import { RetryLater } from './store/work.ts'

/** To be told when to come back costs no try; a failure does, so that one without an end becomes a dead letter. */
export const tryAgain = ({ sentence, afterSeconds }: { sentence: string; afterSeconds?: number }): Error =>
  afterSeconds === undefined ? new Error(sentence) : new RetryLater(sentence, afterSeconds)
