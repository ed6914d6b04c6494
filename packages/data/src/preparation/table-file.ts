import { parse } from 'csv-parse/sync';
import { ImageFileError } from '../image-file-error.js';
import { nameOfBytes, printablePath } from '../path-names.js';
import { readRegularFile } from '../regular-file.js';

const utf8Mark = Buffer.of(0xef, 0xbb, 0xbf);

/** A row of a table. */
export interface TableRow {
  /** Number of the line that it ends on, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * The text of a table, byte by byte, since names in it need not be UTF-8.
 *
 * @throws Error when it cannot be read, or is encoded as UTF-16
 */
export async function readTableText(table: string): Promise<Buffer> {
  const content = await readRegularFile(table).catch((error: unknown) => {
    // What is to be done about an image in a data set, removing it, is no advice about the path of a table.
    throw error instanceof ImageFileError ? tableError(table, `${error.reason}; check its path`) : error;
  });
  if ((content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff))
    throw tableError(table, 'is encoded as UTF-16; save it as UTF-8 (in Excel: "CSV UTF-8")');
  return content.subarray(0, 3).equals(utf8Mark) ? content.subarray(3) : content;
}

/** What separates columns in a header: spreadsheets write semicolons where the comma separates decimals. */
export function delimiterOf(header: string): string | undefined {
  return [',', ';', '\t'].find((delimiter) => header.includes(delimiter));
}

/**
 * All rows but empty ones, quotes resolved.
 *
 * @throws Error when quotes are not closed, and the like
 */
export function csvRows(table: string, text: Buffer, delimiter: string): TableRow[] {
  const rows: TableRow[] = [];
  try {
    parse(text, {
      encoding: 'latin1',
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      // Only here is the line known; what is kept already need not be returned.
      on_record: (fields, { lines }) => {
        rows.push({ line: lines, fields: fields.map(named) });
        return null;
      },
    });
    return rows;
  } catch (error) {
    throw tableError(table, `is no CSV that can be read (${error instanceof Error ? error.message : String(error)}); repair it`);
  }
}

/** All rows but empty ones, of columns between white space. */
export function spacedRows(text: Buffer): TableRow[] {
  return text
    .toString('latin1')
    .split(/\r\n|\n|\r/)
    .map((row, index) => ({ line: index + 1, fields: row.split(/[ \t]+/).filter((field) => field !== '') }))
    .filter(({ fields }) => fields.length > 0)
    .map(({ line, fields }) => ({ line, fields: fields.map(named) }));
}

const named = (field: string): string => (/[\x80-\xff]/.test(field) ? nameOfBytes(Buffer.from(field, 'latin1')) : field);

export function tableError(table: string, fault: string): Error {
  return new Error(`prepareDataset: ${printablePath(table)} ${fault}`);
}
