// One way to match each text: time is linear in its length.
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

/** The number that `text` writes in decimal notation; NaN for anything else (empty, hexadecimal, "Infinity"). */
export function parseDecimal(text: string): number {
  return decimal.test(text) ? Number(text) : Number.NaN
}
