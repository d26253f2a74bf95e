import type { Local } from './assembler/index.ts'

/** Locals of a kernel, by name and number: `power0`, `power1`, … */
export function numbered<const N extends string, T>(
  name: N,
  count: number,
  type: T,
): Readonly<Record<`${N}${number}`, T>> {
  const names = Array.from({ length: count }, (_, number) => [`${name}${number}`, type])
  return Object.fromEntries(names) as Record<`${N}${number}`, T>
}

/** The locals of that name, in order. */
export function inOrder<const N extends string>(
  variables: Readonly<Record<`${N}${number}`, Local>>,
  name: N,
  count: number,
): Local[] {
  return Array.from({ length: count }, (_, number) => variables[`${name}${number}`])
}
