import { interpolate } from '@stargan/training';
import { RequestError } from './request-error.js';

/** A style as plain data: what a picture of a domain looks like, apart from its content. */
export interface Style {
  /** The style code, as long as the model's `styleDim`. */
  readonly values: Float32Array;
  /** The domain that pictures of this style are of; several for a mixture of styles of several. */
  readonly domains: readonly string[];
  /** Where it comes from, in words: `seed 1`, `reference cat.jpg`, `mean of 3 styles`. */
  readonly origin: string;
  /** SHA-256 of the weights of the generator that it was made for; absent where that is not known. */
  readonly model?: string | undefined;
}

/**
 * The mean of styles.
 *
 * @param styles at least one, all of one length and, where that is known, of one model
 * @returns a style of all their domains
 * @throws RequestError when there are none, or they are of different models
 */
export function averageStyles(styles: readonly Style[]): Style {
  const first = requireMixable('averageStyles', styles);
  const sums = new Float64Array(first.values.length);
  for (const { values } of styles) values.forEach((value, i) => (sums[i]! += value));
  return {
    values: Float32Array.from(sums, (sum) => sum / styles.length),
    domains: domainsOf(styles),
    origin: styles.length === 1 ? first.origin : `mean of ${styles.length} styles: ${styles.map(({ origin }) => origin).join('; ')}`,
    model: modelOf(styles),
  };
}

/**
 * A style on the line from one style to another.
 *
 * @param from the style at weight 0
 * @param to the style at weight 1, of the same length and, where that is known, of the same model
 * @param weight usually in [0, 1]; beyond, it extrapolates
 * @returns a style of the domains of both, or of one of them at weight 0 or 1
 * @throws RequestError when they are of different models, or the weight is not finite
 */
export function interpolateStyles(from: Style, to: Style, weight: number): Style {
  requireMixable('interpolateStyles', [from, to]);
  if (!Number.isFinite(weight)) throw new RequestError(`interpolateStyles: the weight must be a finite number, got ${weight}`);
  const model = modelOf([from, to]);
  if (weight === 0) return { ...from, model };
  if (weight === 1) return { ...to, model };
  return {
    values: interpolate(from.values, to.values, weight),
    domains: domainsOf([from, to]),
    origin: `${1 - weight} × (${from.origin}) + ${weight} × (${to.origin})`,
    model,
  };
}

const domainsOf = (styles: readonly Style[]): string[] => [...new Set(styles.flatMap(({ domains }) => domains))];

/** The model of all of them, as far as it is known. */
const modelOf = (styles: readonly Style[]): string | undefined => styles.find(({ model }) => model !== undefined)?.model;

/** @returns the first of them */
function requireMixable(caller: string, styles: readonly Style[]): Style {
  const [first] = styles;
  if (first === undefined) throw new RequestError(`${caller}: at least one style is needed`);
  const model = modelOf(styles);
  for (const style of styles) {
    if (style.values.length !== first.values.length)
      throw new RequestError(
        `${caller}: styles must be of one length, got ${first.values.length} (${first.origin}) and ${style.values.length} (${style.origin}); they are of different models`,
      );
    if (style.model !== undefined && style.model !== model)
      throw new RequestError(
        `${caller}: the styles are of different models or checkpoints (${style.origin}), between which they mean nothing; make both with one checkpoint`,
      );
  }
  return first;
}
