import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { openSafetensors, writeSafetensors } from '@stargan/checkpoints';
import { printablePath } from '@stargan/data';
import { RequestError } from './request-error.js';
import type { Style } from './style.js';

/** Name of the tensor in a style's file. */
const TENSOR = 'style';

/** Longer styles are no styles: the largest `styleDim` of a model. */
const MAX_LENGTH = 65_536;

/**
 * Keeps a style in a safetensors file: a tensor `style` [styleDim], and domains, origin and model in the metadata. The
 * file is whole or as it was before.
 *
 * @param file path; folders above it are made
 * @param style stays as it is
 * @throws naming the file when it cannot be written
 */
export async function writeStyle(file: string, { values, domains, origin, model }: Style): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeSafetensors(
    file,
    { [TENSOR]: { dtype: 'F32', shape: [values.length], data: values } },
    {
      format: 'stargan-style',
      domains: JSON.stringify(domains),
      origin: origin.replace(/\p{Surrogate}/gu, '\ufffd'),
      ...(model !== undefined && { model }),
    },
  );
}

/**
 * Reads a style that {@link writeStyle} kept. Whoever made the file, nothing in it is run.
 *
 * @param file path
 * @throws RequestError naming the file and the fault, when it is missing or holds no style
 */
export async function readStyle(file: string): Promise<Style> {
  const opened = await openSafetensors(file).catch((error: unknown) => {
    throw new RequestError(`the style ${printablePath(file)} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  try {
    const entry = opened.entries.get(TENSOR);
    const [length = 0] = entry?.shape ?? [];
    if (entry?.dtype !== 'F32' || entry.shape.length !== 1 || length < 1 || length > MAX_LENGTH)
      throw faultOf(
        file,
        `its tensor "${TENSOR}" must be F32 [1 to ${MAX_LENGTH}], got ${entry === undefined ? 'none' : `${entry.dtype} [${entry.shape.join(', ')}]`}`,
      );
    const { data } = await opened.read(TENSOR);
    const values = Float32Array.from(data as Float32Array);
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw faultOf(file, `its value ${at} is ${values[at]}`);
    const { domains, origin = 'unknown', model } = opened.metadata;
    return { values, domains: parseDomains(file, domains), origin, model };
  } finally {
    await opened.close();
  }
}

function parseDomains(file: string, text: string | undefined): string[] {
  let domains: unknown;
  try {
    domains = JSON.parse(text ?? '');
  } catch {
    // Said below, with what else it may be.
  }
  if (!Array.isArray(domains) || domains.length === 0 || !domains.every((name) => typeof name === 'string'))
    throw faultOf(file, `its metadata "domains" must be a JSON list of names, got ${JSON.stringify(text)}`);
  return domains;
}

const faultOf = (file: string, fault: string): RequestError =>
  new RequestError(`${printablePath(file)} holds no style: ${fault}; make one with writeStyle, or stargan translate --save-style`);
