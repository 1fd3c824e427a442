// What the schemas of answers are made of.

import { z } from 'zod'
import { categoryNames } from '../model/categories.ts'
import { kinds } from '../model/report.ts'
import { bounceTypes } from '../model/verdict.ts'

/** A value as JSON carries it: times become ISO 8601 text. */
export type Json<T> = {
  [Field in keyof T]: Date extends T[Field] ? Exclude<T[Field], Date> | string : T[Field]
}

export const text = z.string().nullable()
export const time = z.string().meta({ format: 'date-time' })
export const count = z.int().min(0)
export const rate = z.number().min(0).nullable()

/** The schemas of an object's fields: the compiler finds one that is missing. */
export type Shape<T> = { [Field in keyof Required<T>]: z.ZodType<T[Field]> }

export const bounceType = z.enum(bounceTypes)
export const bounceKind = z.enum(kinds)
export const category = z.enum(categoryNames)
