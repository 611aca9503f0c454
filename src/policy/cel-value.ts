/**
 * Plain data as CEL reads it: a whole number is an int (a bigint here), any other a double; a date is its text. Changes
 * `root` in place where that can be, since what a parser just made belongs to nobody else.
 */
export const inCelTypes = (root: unknown): unknown => {
  const scalar = scalarValue(root)
  if (scalar !== undefined) return scalar
  const open: unknown[] = [root]
  // Aliases lead to one value from many places, and may lead in a circle.
  const seen = new Set<unknown>()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    // `!!binary` is bytes, which CEL takes as they are.
    if (typeof next !== 'object' || next === null || ArrayBuffer.isView(next) || seen.has(next)) continue
    seen.add(next)
    const members = next as Record<string, unknown>
    for (const key of Object.keys(members)) {
      const value = members[key]
      const changed = scalarValue(value)
      if (changed !== undefined) define(members, key, changed)
      else if (typeof value === 'object' && value !== null) open.push(value)
    }
  }
  return root
}

/** The same of data that belongs to somebody: the copy is changed. */
export const celValue = (value: unknown): unknown => inCelTypes(structuredClone(value))

const largestInt = 2n ** 63n - 1n

const scalarValue = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  // CEL's int has 64 bits.
  if (typeof value === 'bigint') return value > largestInt || value < -largestInt ? Number(value) : undefined
  return value instanceof Date ? value.toISOString() : undefined
}

// An assignment to `__proto__` would change what the object inherits instead of the key that a file holds.
const define = (members: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__')
    Object.defineProperty(members, key, { value, writable: true, enumerable: true, configurable: true })
  else members[key] = value
}
