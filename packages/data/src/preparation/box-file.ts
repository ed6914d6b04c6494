import { counted } from '../inspection/counts.js';
import { printablePath } from '../path-names.js';
import { expectedColumns, readBoxColumns, type BoxColumns, type BoxKind } from './box-columns.js';
import { landmarkSquare } from './landmark-square.js';
import { csvRows, delimiterOf, readTableText, spacedRows, tableError, type TableRow } from './table-file.js';

/** A box in pixels, which need not be whole or inside the picture. */
export interface FileBox {
  readonly left: number;
  readonly top: number;
  /** 0 where nothing was found. */
  readonly width: number;
  /** 0 where nothing was found. */
  readonly height: number;
  /** Line of the table. */
  readonly line: number;
}

/** A table of boxes. */
export interface BoxFile {
  readonly kind: BoxKind;
  /** By the file's name, as {@link boxKey} gives it. */
  readonly boxes: ReadonlyMap<string, FileBox>;
  /** Rows with a file, repeated ones among them. */
  readonly rows: number;
  /** What was passed over. */
  readonly notes: readonly string[];
}

/** No picture is so large; the sum of such numbers is exact enough. */
const largestCoordinate = 1e8;

/**
 * A table with a row per picture: CelebA's `list_bbox_celeba.txt`, `list_landmarks_celeba.txt` and
 * `list_landmarks_align_celeba.txt` (the number of rows, a header, columns between spaces), the same with commas, or a table with the
 * columns `file`, `left`, `top`, `width` and `height`, separated by commas, semicolons, tabs or spaces.
 *
 * @throws Error naming the line when it is no such table, a row is incomplete or no box, or two rows differ about a file
 */
export async function readBoxFile(table: string): Promise<BoxFile> {
  const { counts, header, rows, isSpaced } = await readRows(table);
  const columns = readBoxColumns(table, header, isSpaced);
  const boxes = new Map<string, FileBox>();
  let repeated = 0;
  let largest = 0;
  for (const row of rows) {
    const { name, values } = readRow(table, row, columns, isSpaced);
    const key = boxKey(name);
    if (key === '') throw tableError(table, `has no file in line ${row.line}; name it, or remove the line`);
    const box = { ...(columns.kind === 'boxes' ? boxOfValues(table, row.line, values) : squareOfValues(values)), line: row.line };
    if (!isEmptyBox(box)) largest = Math.max(largest, ...values);
    const other = boxes.get(key);
    if (other === undefined) boxes.set(key, box);
    else if (isSame(box, other)) repeated += 1;
    else
      throw tableError(
        table,
        `says different things of ${printablePath(name)} in the lines ${other.line} and ${row.line}; keep one row per picture, that of the largest face, say`,
      );
  }
  if (boxes.size === 0) throw tableError(table, 'names no pictures; add a line per picture');
  if (largest > 0 && largest <= 1)
    throw tableError(
      table,
      'has no number above 1, so it seems to give shares of the sides; multiply them by the width and height of each picture',
    );
  const called = printablePath(table);
  return {
    kind: columns.kind,
    boxes,
    rows: rows.length,
    notes: [
      ...(counts === undefined || counts === rows.length
        ? []
        : [
            `${called} counts ${counted(counts, 'row')} in its first line and has ${counted(rows.length, 'row')}: it may have been cut off`,
          ]),
      ...(columns.unused.length === 0 ? [] : [`columns of ${called} that are not read: ${columns.unused.map(printablePath).join(', ')}`]),
      ...(repeated === 0 ? [] : [`${counted(repeated, 'row repeats another', 'rows repeat others')} in ${called}`]),
    ],
  };
}

/**
 * What the names of one file have in common: separators of either kind, at the beginning a drive, `/`, `./` or `../`, and either
 * composition of characters.
 */
export function boxKey(name: string): string {
  const parts = name
    .normalize('NFC')
    .replace(/^[a-zA-Z]:(?=[/\\])/, '')
    .split(/[/\\]/)
    .filter((part) => part !== '' && part !== '.');
  while (parts[0] === '..') parts.shift();
  return parts.join('/');
}

interface Rows {
  /** What the first line counts, in CelebA's files. */
  readonly counts: number | undefined;
  readonly header: readonly string[];
  readonly rows: readonly TableRow[];
  readonly isSpaced: boolean;
}

async function readRows(table: string): Promise<Rows> {
  const text = await readTableText(table);
  // A table of a few long lines is none; its beginning tells as much.
  const lines = text.toString('latin1', 0, 65536).split(/\r\n|\n|\r/);
  const delimiter = delimiterOf(lines.find((line) => line.trim() !== '' && !isCount(line)) ?? '');
  const all = delimiter === undefined ? spacedRows(text) : csvRows(table, text, delimiter);
  const counts = all[0]?.fields.length === 1 && isCount(all[0].fields[0]!) ? Number(all[0].fields[0]) : undefined;
  const [header, ...rows] = counts === undefined ? all : all.slice(1);
  if (header === undefined) throw tableError(table, `is empty; ${expectedColumns}`);
  return { counts, header: header.fields, rows, isSpaced: delimiter === undefined };
}

const isCount = (text: string): boolean => /^\s*\d+\s*$/.test(text);

function readRow(table: string, row: TableRow, columns: BoxColumns, isSpaced: boolean): { name: string; values: readonly number[] } {
  const { names, file } = columns;
  const fields = isSpaced && file === 0 ? withSpacedName(row.fields, names.length) : row.fields;
  if (fields.length !== names.length) throw wrongNumber(table, row, fields.length, names.length);
  return {
    name: fields[file]!,
    values: columns.values.map((column) => readNumber(table, row.line, names[column]!, fields[column]!)),
  };
}

/** A name with spaces is in several fields. */
function withSpacedName(fields: readonly string[], length: number): readonly string[] {
  const further = fields.length - length;
  return further > 0 ? [fields.slice(0, further + 1).join(' '), ...fields.slice(further + 1)] : fields;
}

function wrongNumber(table: string, { line }: TableRow, got: number, expected: number): Error {
  return tableError(
    table,
    `has ${counted(got, 'value')} in line ${line}, where its header has ${counted(expected, 'column')}; ` +
      (got < expected ? 'complete the line, or remove it' : 'put names that hold a separator in quotes'),
  );
}

function readNumber(table: string, line: number, column: string, text: string): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (Math.abs(value) <= largestCoordinate) return value;
  throw tableError(
    table,
    `has the ${column} ${text === '' ? '(nothing)' : printablePath(text.slice(0, 40))} in line ${line}; give a number of pixels with a point before decimals, or remove the line`,
  );
}

function boxOfValues(table: string, line: number, [left, top, width, height]: readonly number[]): Omit<FileBox, 'line'> {
  const box = { left: left!, top: top!, width: width!, height: height! };
  if (box.width >= 0 && box.height >= 0) return box;
  throw tableError(
    table,
    `has a box of ${box.width}×${box.height} in line ${line}; give its left upper corner, width and height, or 0 where there is no face`,
  );
}

function squareOfValues(values: readonly number[]): Omit<FileBox, 'line'> {
  const point = (n: number): { x: number; y: number } => ({ x: values[2 * n]!, y: values[2 * n + 1]! });
  // The third point is the nose, which has no say.
  return landmarkSquare({ leftEye: point(0), rightEye: point(1), leftMouth: point(3), rightMouth: point(4) });
}

const isSame = (a: FileBox, b: FileBox): boolean => a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;

/** Whether nothing was found: detectors write 0 there. */
export const isEmptyBox = ({ width, height }: Omit<FileBox, 'line'>): boolean => width === 0 || height === 0;
