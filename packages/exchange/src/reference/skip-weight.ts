import type { ReferenceFile } from './reference-file.js';

const KEY = 'hpf.filter';

/**
 * The weight w_hpf of the high-pass skip: it divides the filter [-1 -1 -1; -1 8 -1; -1 -1 -1], which recent versions of the
 * reference keep in the generator's state dict.
 *
 * @throws naming the file where the filter is another one
 */
export async function readSkipWeight(file: ReferenceFile): Promise<{ highPass: number; notes: string[] }> {
  const unmade =
    'the model has a high-pass skip, whose masks of face landmarks are not made when images are sampled: they keep less of the source than the reference’s';
  const tensor = file.networks.get('generator')?.get(KEY);
  if (tensor === undefined)
    return { highPass: 1, notes: [`the file does not say w_hpf, the weight of the high-pass skip; it is taken to be 1`, unmade] };
  const filter = await file.read(`generator.${KEY}`, tensor);
  // The filter is rounded to float32; its weight is a number that somebody typed.
  const highPass = Number((8 / (filter[4] ?? 0)).toPrecision(6));
  const isFilter = filter.length === 9 && filter.every((value, i) => Math.abs(value * highPass - (i === 4 ? 8 : -1)) < 1e-4);
  if (!isFilter || !(highPass > 0) || !Number.isFinite(highPass))
    throw new Error(
      `generator.${KEY} is not the reference's filter, 8 in the middle of -1, divided by a number > 0; the model is another one`,
    );
  return { highPass, notes: [unmade] };
}
