import { printablePath } from '../path-names.js';
import { tableError } from './table-file.js';

/** Whether a table gives boxes, or landmarks whose square is taken. */
export type BoxKind = 'boxes' | 'landmarks';

/** Where the columns of a table are. */
export interface BoxColumns {
  readonly kind: BoxKind;
  /** Of all columns, in lower case. */
  readonly names: readonly string[];
  /** Place of the column of files. */
  readonly file: number;
  /** Places of the numbers: left, top, width, height; or x and y of left eye, right eye, nose, left and right of the mouth. */
  readonly values: readonly number[];
  /** Columns that are not read. */
  readonly unused: readonly string[];
}

const fileNames = ['file', 'image_id'];
// The second name is CelebA's.
const boxNames = [['left', 'x_1'], ['top', 'y_1'], ['width'], ['height']];
const landmarkNames = ['lefteye', 'righteye', 'nose', 'leftmouth', 'rightmouth'].flatMap((point) => [[`${point}_x`], [`${point}_y`]]);

const listed = (columns: readonly (readonly string[])[]): string => columns.map(([name]) => name).join(', ');

/** What a table without the right header is told. */
export const expectedColumns = `name in its first line the columns ${listed([fileNames, ...boxNames])}, or file and CelebA's ${listed(landmarkNames)}`;

/**
 * Finds the columns by their names.
 *
 * @param isSpaced whether columns are between white space, as in CelebA's files
 * @throws Error when some are missing
 */
export function readBoxColumns(table: string, header: readonly string[], isSpaced: boolean): BoxColumns {
  const written = header.map((name) => name.toLowerCase());
  // CelebA's landmarks come without a name for the column of files.
  const names = isSpaced && !written.some((name) => fileNames.includes(name)) ? ['file', ...written] : written;
  const place = (spellings: readonly string[]): number => names.findIndex((name) => spellings.includes(name));
  const file = place(fileNames);
  for (const [kind, wanted] of [
    ['boxes', boxNames],
    ['landmarks', landmarkNames],
  ] as const) {
    const values = wanted.map(place);
    if (file < 0 || values.includes(-1)) continue;
    return { kind, names, file, values, unused: names.filter((_, column) => column !== file && !values.includes(column)) };
  }
  const got = header.slice(0, 12).map((name) => printablePath(name.slice(0, 40)));
  throw tableError(table, `has the columns ${got.join(', ')}${header.length > 12 ? ', …' : ''}; ${expectedColumns}`);
}
