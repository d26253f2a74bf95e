import {
  createPlan,
  type Gemm,
  type MatrixProducts,
  type Plan,
  type Precision,
} from '../../packages/kernels/src/index.ts'
import type { Team } from '../../packages/kernels/src/node/index.ts'

/** Products that remember what was planned of them. */
export interface RecordedProducts {
  readonly products: MatrixProducts
  /** The products of all threads' plans and nothing else, as a job: no step that has them can be faster. */
  alone(team: Team): () => void
}

export function recordProducts(products: MatrixProducts): RecordedProducts {
  const planned = new Map<Plan, (readonly [Precision, Gemm])[]>()
  return {
    products: {
      ...products,
      append(plan, precision, product) {
        const earlier = planned.get(plan) ?? []
        planned.set(plan, [...earlier, [precision, product]])
        products.append(plan, precision, product)
      },
    },
    alone(team) {
      const plans = [...planned].map(([{ workspace }, calls]) => {
        const plan = createPlan(workspace)
        for (const [precision, product] of calls) products.append(plan, precision, product)
        return plan
      })
      return team.job(plans)
    },
  }
}
