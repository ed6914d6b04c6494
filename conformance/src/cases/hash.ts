import { fnv1a32 } from '@stargan/random';
import { z } from 'zod';
import { hashedUnit, ruledValue, weightRule, type ValueRule } from '../hashed-values.js';
import type { GoldenCase } from '../manifest.js';
import type { Outcome } from '../outcome.js';

const names = z.array(z.object({ name: z.string(), seed: z.number(), shape: z.array(z.number()), fnv1a32: z.number() }));

/** The formula itself: names to hashes to values. */
export function hashCase(golden: GoldenCase): Outcome {
  const entries = names.parse(golden.config.names);
  const count = golden.tensors.find(({ name }) => name === 'u')?.shape[1] ?? 16;
  const table = (rule: (entry: (typeof entries)[number]) => ValueRule): { shape: number[]; data: Float32Array } => ({
    shape: [entries.length, count],
    data: Float32Array.from(
      entries.flatMap((entry) => {
        const hash = fnv1a32(entry.name);
        if (hash !== entry.fnv1a32) throw new Error(`fnv1a32 of ${entry.name} is ${entry.fnv1a32}, got ${hash}`);
        return Array.from({ length: count }, (_, i) => ruledValue(rule(entry), hashedUnit(hash, i, entry.seed)));
      }),
    ),
  });
  const plain = (of: 'u' | 'v'): ValueRule => ({ of, scale: 1, offset: 0 });
  return {
    tensors: { u: table(() => plain('u')), v: table(() => plain('v')), values: table(({ name, shape }) => weightRule(name, shape)) },
    scalars: {},
  };
}
