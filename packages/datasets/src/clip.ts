/** The first `length` characters of a text that comes from a file, for a message; `...` stands for the rest. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}...`
}

/** The first 40 characters of `text` in double quotes, control characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(clip(text, 40))
}
