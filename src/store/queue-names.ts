/** pg-boss's queue of jobs, and the one that jobs end in after their last try. */
export const queueName = 'jobs'
export const deadLetterQueueName = 'dead-jobs'
/** Notified at each commit that made a job ready. */
export const channel = 'golden_path_jobs'
