/** What a plan is built of beside its fields. Every error text says what would be right. */
import { z } from 'zod'

export const object = <Shape extends z.core.$ZodLooseShape>(shape: Shape, right: string) =>
  z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : right) })

export const list = <Item extends z.ZodType>(item: Item, least: number, most: number, of: string) => {
  const right = `a list of ${least} to ${most} ${of}`
  return z.array(item, { error: right }).min(least, { error: right }).max(most, { error: right })
}

export const choice = <const Words extends readonly [string, ...string[]]>(words: Words) => {
  const right = words.length > 1 ? `one of ${words.join(', ')}` : words[0]
  return z.enum(words, { error: right }).meta({ description: right })
}

/** One of several shapes; `right` speaks for all of them. */
export const either = <const Options extends readonly [z.ZodType, ...z.ZodType[]]>(options: Options, right: string) =>
  z.union(options, { error: right }).meta({ description: right })

/** Names and values that are somebody else's to understand. */
export const bag = (right: string) => z.record(z.string(), z.unknown(), { error: right }).meta({ description: right })

export const truth = z.boolean({ error: 'true or false' }).meta({ description: 'true or false' })
