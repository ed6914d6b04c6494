import type { StoredStatistics } from '@stargan/metrics/npz';
import { conventionOf, FID_NAMES, type FidName, type ScoredConvention } from './conventions.js';
import { StatisticsError } from './statistics-error.js';

/** A file of statistics with its name. */
export interface NamedStatistics {
  readonly path: string;
  readonly statistics: StoredStatistics;
}

/** Which conventions a comparison can be made under, and what a reader should know about their names. */
export interface ChosenConventions {
  readonly names: readonly ScoredConvention[];
  readonly notes: readonly string[];
}

const shortName = (convention: string): FidName | undefined => FID_NAMES.find((name) => conventionOf(name) === convention);

/**
 * Chooses the conventions under which two sides can be compared; a file of statistics has a single one.
 *
 * @param files the sides that are files
 * @param asked conventions that the user named, undefined for none
 * @param imageSize S of the other side's images, undefined where both sides are files
 * @throws StatisticsError where files are of different conventions, of another than was asked for, or do not say and images are
 * to be compared with them
 */
export function chooseConventions(
  files: readonly NamedStatistics[],
  asked: readonly FidName[] | undefined,
  imageSize: number | undefined,
): ChosenConventions {
  if (files.length === 0) return { names: asked ?? ['stargan2'], notes: [] };
  if (asked !== undefined && asked.length > 1)
    throw new StatisticsError(`${files[0]!.path} holds statistics of one convention: --fid takes one name with it, got ${asked.join(',')}`);
  for (const key of ['convention', 'imageSize', 'weights'] as const) requireAgreement(files, key);
  const [given] = asked ?? [];
  for (const {
    path,
    statistics: { convention, imageSize: size },
  } of files) {
    if (convention === undefined) continue;
    const name = shortName(convention);
    if (name === undefined)
      throw new StatisticsError(
        `${path} holds statistics of the convention ${JSON.stringify(convention)}, which is none of ${FID_NAMES.join(', ')}`,
      );
    if (given !== undefined && given !== name)
      throw new StatisticsError(
        `${path} holds statistics of fid-${name}, which do not compare as fid-${given}: leave --fid out or give ${name}`,
      );
    if (imageSize !== undefined && size !== undefined && size !== imageSize)
      throw new StatisticsError(
        `${path} holds statistics of images brought to ${size}² first: give --image-size ${size}, got ${imageSize}`,
      );
  }
  const known = files.map(({ statistics }) => statistics.convention).find((convention) => convention !== undefined);
  const name = given ?? (known === undefined ? undefined : shortName(known));
  const silent = files.filter(({ statistics }) => statistics.convention === undefined).map(({ path }) => path);
  if (silent.length === 0) return { names: [name!], notes: [] };
  const who = `${silent.join(' and ')} ${silent.length === 1 ? 'does' : 'do'} not say whose FID the statistics are for`;
  if (given !== undefined) return { names: [given], notes: [`${who}: they are taken for fid-${given}, as --fid says`] };
  if (imageSize !== undefined || known !== undefined)
    throw new StatisticsError(`${who}: name it with --fid (files of pytorch-fid are of --fid pytorch)`);
  return { names: ['unknown'], notes: [`${who}: the distance is right only if both are of one convention; name it with --fid`] };
}

/** @throws StatisticsError where two files say different things of one kind */
function requireAgreement(files: readonly NamedStatistics[], key: 'convention' | 'imageSize' | 'weights'): void {
  const saying = files.filter(({ statistics }) => statistics[key] !== undefined);
  const [first, second] = saying;
  if (second === undefined || first!.statistics[key] === second.statistics[key]) return;
  const what = {
    convention: 'are of different conventions',
    imageSize: 'are of images brought to different sizes first',
    weights: 'were made with different weights',
  }[key];
  throw new StatisticsError(
    `${first!.path} and ${second.path} ${what} (${first!.statistics[key]} and ${second.statistics[key]}): their distance means nothing`,
  );
}
