import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { pathBytes, printablePath } from '../path-names.js';
import { fileImage } from './file-image.js';
import { requireDomainName } from './portable-names.js';
import type { PreparationSource, SourceImage } from './source-image.js';
import { csvRows, delimiterOf, readTableText, tableError } from './table-file.js';

/**
 * A table with the columns `file` and `domain`, separated by commas, semicolons or tabs. Files are named relative to the
 * table's folder, or absolutely.
 *
 * @param table absolute path
 * @throws Error when it is no such table, or a domain's name cannot be that of a folder
 */
export async function openCsvSource(table: string): Promise<PreparationSource> {
  const rows = await readRows(table);
  const [header, ...entries] = rows;
  if (header === undefined) throw tableError(table, 'is empty; its first line must be file,domain');
  const columns = header.map((name) => name.toLowerCase());
  const [fileColumn, domainColumn] = [columns.indexOf('file'), columns.indexOf('domain')];
  if (fileColumn < 0 || domainColumn < 0)
    throw tableError(
      table,
      `must have the columns file and domain, got ${header.map(printablePath).join(', ')}; name them in its first line`,
    );
  const unused = header.filter((_, column) => column !== fileColumn && column !== domainColumn);

  const images = new Map<string, SourceImage>();
  let repeated = 0;
  for (const [index, row] of entries.entries()) {
    const [written, domain] = [row[fileColumn] ?? '', (row[domainColumn] ?? '').normalize('NFC')];
    if (written === '' || domain === '')
      throw tableError(table, `entry ${index + 1} has no ${written === '' ? 'file' : 'domain'}; complete or remove it`);
    requireDomainName(`prepareDataset: ${printablePath(table)}, entry ${index + 1}`, domain);
    const path = `${domain}/${written}`;
    if (images.has(path)) repeated += 1;
    else images.set(path, fileImage(await locate(dirname(table), written), { path, domain, name: written, listedAs: [written, path] }));
  }
  if (images.size === 0) throw tableError(table, 'names no files; add a line per image');
  return {
    location: table,
    kind: 'csv',
    images: [...images.values()],
    hasSplits: false,
    passedOver: [],
    notes: [
      ...(unused.length === 0 ? [] : [`columns of the table that are not read: ${unused.map(printablePath).join(', ')}`]),
      ...(repeated === 0
        ? []
        : [`${repeated} ${repeated === 1 ? 'entry repeats another and is' : 'entries repeat others and are'} left out`]),
      ...sharedFiles([...images.values()]),
    ],
    close: () => Promise.resolve(),
  };
}

async function readRows(table: string): Promise<(readonly string[])[]> {
  const text = await readTableText(table);
  const end = text.indexOf('\n');
  const header = text.toString('latin1', 0, end < 0 ? Math.min(text.length, 4096) : end);
  return csvRows(table, text, delimiterOf(header) ?? ',').map(({ fields }) => fields);
}

/** Where a file lies; tables from Windows separate folders by backslashes. */
async function locate(folder: string, written: string): Promise<string> {
  const direct = isAbsolute(written) ? written : resolve(folder, written);
  if (sep === '\\' || !written.includes('\\') || (await exists(direct))) return direct;
  return resolve(folder, written.replaceAll('\\', '/'));
}

function exists(path: string): Promise<boolean> {
  return stat(pathBytes(path)).then(
    () => true,
    () => false,
  );
}

function sharedFiles(images: readonly SourceImage[]): string[] {
  const shared = images.length - new Set(images.map(({ file }) => file)).size;
  return shared === 0
    ? []
    : [`${shared} ${shared === 1 ? 'file is' : 'files are'} named more than once, by several domains or under several names`];
}
