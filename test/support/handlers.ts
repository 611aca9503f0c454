import type { Handlers } from '../../src/store/work.ts'

/** One handler for every kind of job that `own` has none for. */
export const handlersOf = (other: () => Promise<void>, own: Partial<Handlers> = {}): Handlers => ({
  assess: other,
  'sync-installation': other,
  'sync-directory': other,
  'forget-repository': other,
  'confirm-registration': other,
  preview: other,
  'read-for-preview': other,
  'keep-issue': other,
  'keep-fix': other,
  suggest: other,
  command: other,
  onboard: other,
  conclude: other,
  ...own,
})
