/** Whether an error says that no service answered. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'unreachable'
}
