import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const shape = z.array(z.number().int().nonnegative());

const tolerance = z
  .object({ atol: z.number().nullish(), atol_tensor: z.string().nullish(), rtol: z.number().default(0), relative_l2: z.number().nullish() })
  .nullish();

const tensorEntry = z.object({
  name: z.string(),
  role: z.string(),
  shape,
  dtype: z.string(),
  meaning: z.string().nullish(),
  tolerance,
  full_shape: shape.nullish(),
  stride: z.record(z.string(), z.number().int().positive()).nullish(),
});

const scalarEntry = z.object({ expected: z.number(), tolerance: z.object({ atol: z.number().default(0), rtol: z.number().default(0) }) });

const inputEntry = z.object({ name: z.string(), rule: z.string(), shape, seed: z.number(), meaning: z.string().nullish() });

const weightsEntry = z.object({ prefix: z.string(), module: z.string(), seed: z.number() });

const caseEntry = z.object({
  id: z.string(),
  group: z.string(),
  file: z.string().nullish(),
  config: z.record(z.string(), z.unknown()).default({}),
  inputs: z.array(inputEntry).default([]),
  weights: z.array(weightsEntry).default([]),
  tensors: z.array(tensorEntry).default([]),
  scalars: z.record(z.string(), scalarEntry).default({}),
  extra_files: z.array(z.string()).default([]),
  name_lists: z.record(z.string(), z.array(z.string())).default({}),
});

const manifest = z.object({ format_version: z.literal(1), cases: z.array(caseEntry) });

/** One case of a goldens folder. */
export type GoldenCase = z.infer<typeof caseEntry>;
/** An expected tensor of a case. */
export type GoldenTensor = z.infer<typeof tensorEntry>;
/** An input of a case, made from its name. */
export type InputEntry = z.infer<typeof inputEntry>;

/** Reads `manifest.json` of a goldens folder. @throws naming the file and the fault */
export async function readManifest(directory: string): Promise<GoldenCase[]> {
  const file = path.join(directory, 'manifest.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new Error(`${file} cannot be read; give a folder of golden values (one with a manifest.json)`);
  }
  const parsed = manifest.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${file} is no manifest of format 1: ${z.prettifyError(parsed.error)}`);
  return parsed.data.cases;
}
