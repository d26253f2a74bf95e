import { z } from 'zod'

type NamedObject = z.ZodObject<{ readonly name: z.ZodLiteral<string> }>

/**
 * A union told apart by `name`. A name that is none of them is answered with the list:
 * `unknown optimizer "adm"; there are: sgd, momentum, …`.
 */
export function named<const T extends readonly [NamedObject, ...NamedObject[]]>(what: string, options: T) {
  const names = options.map((option) => option.shape.name.value).join(', ')
  return z.discriminatedUnion('name', options, {
    error: (issue) => {
      if (issue.code !== 'invalid_union')
        return `expected ${article(what)} ${what} object with a "name"; there are: ${names}`
      const name = nameOf(issue.input)
      if (name === undefined) return `${what} needs a "name"; there are: ${names}`
      return `unknown ${what} ${JSON.stringify(name)}; there are: ${names}`
    },
  })
}

function nameOf(input: unknown): unknown {
  return typeof input === 'object' && input !== null && 'name' in input ? input.name : undefined
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? 'an' : 'a'
}
