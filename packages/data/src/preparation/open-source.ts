import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathBytes, printablePath } from '../path-names.js';
import { specialKind, withRegularFile } from '../regular-file.js';
import { openCsvSource } from './csv-source.js';
import { openFolderSource } from './folder-source.js';
import type { PreparationSource } from './source-image.js';
import { openZipSource } from './zip-source.js';

const zipSignatures = ['PK\x03\x04', 'PK\x05\x06'];

/**
 * Opens a folder, a table or an archive of images. An archive is told by its content, a table by its name.
 *
 * @param source path, absolute or relative to the working directory
 * @throws Error when it is none of these, or cannot be read as one
 */
export async function openPreparationSource(source: string): Promise<PreparationSource> {
  const path = resolve(source);
  const refuse = (fault: string): never => {
    throw new Error(`prepareDataset: ${printablePath(source)} ${fault}`);
  };
  const status = await stat(pathBytes(path)).catch(() => refuse('does not exist; check the path'));
  if (status.isDirectory()) return openFolderSource(path);
  if (!status.isFile()) return refuse(`is a ${specialKind(status)}; give a folder, a .csv or a .zip file`);
  const start = await withRegularFile(path, (file) => file.start(4));
  if (zipSignatures.includes(start.toString('latin1'))) return openZipSource(path);
  if (/^\.(csv|tsv)$/i.test(extname(path))) return openCsvSource(path);
  return refuse('is neither a folder nor a .csv or .zip file; give one of these');
}
