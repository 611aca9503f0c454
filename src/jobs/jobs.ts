import type { Logger } from 'pino'
import type { Assessing } from '../assess.ts'
import type { Catalogue } from '../effects/outside.ts'
import type { GitHub } from '../github.ts'
import type { Queue } from '../store/queue.ts'

/** What the jobs of this room share: the spine's dependencies, the queue, and who can be asked. */
export interface JobDependencies extends Assessing {
  queue: Queue
  github: { asApp: () => Promise<GitHub>; asInstallation: (id: number) => Promise<GitHub> }
  /** Absent when no Backstage is configured. */
  backstageCatalogue?: Catalogue
  log: Logger
}
