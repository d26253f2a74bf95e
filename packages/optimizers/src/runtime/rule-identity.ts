/** What a rule given as text is called in saved states: every such rule has the same name, and its own meaning. */
export function ruleIdentity(text: string): string {
  return `rule ${textHash(text)}`
}

/** FNV-1a, 32 bits, of the rule's words: layout does not count. */
function textHash(text: string): string {
  let hash = 0x811c9dc5
  for (const character of text.split(/\s+/).join(' ')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
