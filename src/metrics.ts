import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What an operator watches. Names follow Prometheus' conventions: unit last, `_total` for counters. */
export const registry = new Registry()
collectDefaultMetrics({ register: registry })

export const deliveriesTotal = new Counter({
  name: 'golden_path_deliveries_total',
  help: 'Deliveries, by event and outcome (accepted, ignored, refused); a repeat counts again.',
  labelNames: ['event', 'outcome'],
  registers: [registry],
})

export const jobSeconds = new Histogram({
  name: 'golden_path_job_duration_seconds',
  help: 'How long jobs took, by kind and outcome (done, failed).',
  labelNames: ['kind', 'outcome'],
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  registers: [registry],
})

export const jobsWaiting = new Gauge({
  name: 'golden_path_jobs',
  help: 'Jobs by state (waiting, active, dead).',
  labelNames: ['state'],
  registers: [registry],
})

export const verdictsTotal = new Counter({
  name: 'golden_path_verdicts_total',
  help: 'Verdicts, by conclusion.',
  labelNames: ['conclusion'],
  registers: [registry],
})

export const githubRequestsTotal = new Counter({
  name: 'golden_path_github_requests_total',
  help: 'Requests to GitHub, by kind (read, write) and outcome (ok, failed, limited).',
  labelNames: ['kind', 'outcome'],
  registers: [registry],
})
