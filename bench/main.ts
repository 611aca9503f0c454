import { benchDeliveries } from './deliveries.ts'
import { benchVerdicts } from './verdicts.ts'

export interface Measurement {
  name: string
  value: number
  unit: string
  /** What the same work costs without us, measured in the same run. */
  baseline: number
  ratio: number
}

/** Prints one JSON object a line. Figures of different runs don't compare: each carries its baseline. */
for (const bench of [benchVerdicts, benchDeliveries])
  for (const { name, value, unit, baseline } of await bench())
    console.log(
      JSON.stringify({
        name,
        value: Math.round(value),
        unit,
        baseline: Math.round(baseline),
        ratio: Number((value / baseline).toFixed(3)),
      }),
    )
