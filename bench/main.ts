import { benchDeliveries } from './deliveries.ts'
import { benchPreview } from './preview.ts'
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
for (const bench of [benchVerdicts, benchDeliveries, benchPreview])
  for (const { name, value, unit, baseline } of await bench())
    console.log(
      JSON.stringify({
        name,
        value: rounded(value),
        unit,
        baseline: rounded(baseline),
        ratio: Number((value / baseline).toFixed(3)),
      }),
    )

function rounded(value: number): number {
  return value < 100 ? Number(value.toFixed(2)) : Math.round(value)
}
