/** Accepted spellings, after `canonicalName`. */
const synonyms: Readonly<Record<string, string>> = {
  g: 'gradient',
  lr: 'learningrate',
  eps: 'epsilon',
  decayrate: 'decay',
}

/**
 * One key for every spelling of a name: `learningRate`, `learning_rate`, `learningrate` and `lr` are the same.
 * Only humps are folded: a lone capital (`G`) is another name than its small letter.
 */
export function canonicalName(name: string): string {
  const folded = name
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, hump: string) => before + hump.toLowerCase())
    .replace(/(?<=[A-Za-z0-9])_+(?=[A-Za-z0-9])/g, '')
  return Object.hasOwn(synonyms, folded) ? synonyms[folded] : folded
}
