import { type ConfigOf, type Field, type Fields, trainingFields } from '@stargan/training';
import { z } from 'zod';
import { evaluationFields } from './evaluation-fields.js';
import { runFields } from './run-fields.js';

/**
 * Every value of a configuration: all that settles a training run besides the data. Flat, so that each can be set from
 * the command line; the defaults are the reference implementation's.
 */
export const configFields = { ...trainingFields, ...runFields, ...evaluationFields } as const satisfies Fields;

/** A validated configuration. */
export type Config = ConfigOf<typeof configFields>;

/** Names of all config values. */
export const CONFIG_KEYS = Object.keys(configFields) as (keyof Config)[];

/** The check of one value. */
function schemaOf(field: Field): z.ZodType {
  if (field.kind === 'choice') return z.enum(field.values).default(field.default);
  if (field.kind === 'flag') return z.boolean().default(field.default);
  const { minimum = -Infinity, maximum = Infinity, below = Infinity, powerOfTwo = false } = field;
  if (powerOfTwo) {
    return z
      .number()
      .refine((size) => Number.isInteger(Math.log2(size)) && size >= minimum, {
        message: `must be a power of two ≥ ${minimum}`,
        abort: true,
      })
      .refine((size) => size <= maximum, { message: `must be at most ${maximum}`, abort: true })
      .default(field.default);
  }
  let schema: z.ZodNumber = field.kind === 'whole' ? z.number().int() : z.number();
  if (field.minimum !== undefined) schema = schema.min(minimum);
  if (field.maximum !== undefined) schema = schema.max(maximum);
  if (field.below !== undefined) schema = schema.lt(below);
  return schema.default(field.default);
}

const shape = Object.fromEntries(Object.entries<Field>(configFields).map(([key, field]) => [key, schemaOf(field)]));

/** Checks a configuration. */
export const configSchema = z.strictObject(shape).superRefine((values, context) => {
  const { widthBudget, imageSize } = values as Pick<Config, 'widthBudget' | 'imageSize'>;
  if (widthBudget < imageSize)
    context.addIssue({ code: 'custom', path: ['widthBudget'], message: `must be at least imageSize, ${imageSize}, for one channel` });
}) as unknown as z.ZodType<Config>;
