import { counted, describeFoundImages } from '@stargan/data/inspection';
import type { FoundPictures } from './find-pictures.js';
import type { Fit } from './fit.js';
import type { TranslatedFiles } from './translate-files.js';

/**
 * What is passed over in folders of pictures, and what should be known about their names: a sentence each.
 *
 * @param found as `findPictures` gives it
 * @returns no lines when there is nothing to say
 */
export function describeFoundPictures({ folders, leftOut }: FoundPictures): string[] {
  const lines = folders.flatMap(({ folder, ...found }) => describeFoundImages(folder, found));
  if (leftOut > 0) lines.push(`${counted(leftOut, 'picture')} in the folder of the results ${leftOut === 1 ? 'is' : 'are'} left out`);
  return lines;
}

const FITTED: Readonly<Record<Fit, string>> = {
  crop: 'only the middle is translated; stretch and pad take all',
  stretch: 'stretched to a square for the model',
  pad: 'edges repeated to a square for the model, and cut off again',
};

/**
 * What else there is to say about a translation than where its results are: a sentence each.
 *
 * @param translated as `translateFiles` gives it
 * @returns no lines when there is nothing to say
 */
export function describeTranslation({ fit, fitted, kept, passedOver }: Omit<TranslatedFiles, 'files'>): string[] {
  const lines: string[] = [];
  if (fitted > 0) lines.push(`${counted(fitted, 'picture')} ${fitted === 1 ? 'is' : 'are'} not square: ${FITTED[fit]}`);
  if (kept > 0) lines.push(`${counted(kept, 'result')} ${kept === 1 ? 'was' : 'were'} there already`);
  if (passedOver.length > 0) lines.push(`${counted(passedOver.length, 'picture')} passed over`);
  return lines;
}

/** A translation as plain data, without the values of its styles. */
export interface TranslationReport extends Omit<TranslatedFiles, 'files' | 'styles' | 'passedOver'> {
  /** The styles by name, with their domains and origins. */
  readonly styles: readonly { readonly name: string; readonly domains: readonly string[]; readonly origin: string }[];
  /** Pictures, the names of the styles they were translated to, and the results. */
  readonly files: readonly { readonly source: string; readonly style: string; readonly file: string }[];
  /** Pictures that could not be read, and why. */
  readonly passedOver: readonly { readonly file: string; readonly problem: string; readonly reason: string; readonly remedy: string }[];
}

/**
 * A translation as plain data, for JSON.
 *
 * @param translated as `translateFiles` gives it
 */
export function reportTranslation({ files, styles, passedOver, ...counts }: TranslatedFiles): TranslationReport {
  return {
    ...counts,
    styles: styles.map(({ name, domains, origin }) => ({ name, domains, origin })),
    files: files.map(({ source, style, file }) => ({ source, style: styles[style]!.name, file })),
    passedOver: passedOver.map(({ file, problem, reason, remedy }) => ({ file, problem, reason, remedy })),
  };
}
