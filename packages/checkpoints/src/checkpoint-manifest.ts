import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { codeOf, messageOf } from './file-errors.js';

/** One file of a checkpoint. */
export interface CheckpointFile {
  /** Name within the checkpoint's folder, never a path. */
  readonly name: string;
  /** Size of the file. */
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** `manifest.json` of a checkpoint, written after everything it names. */
export interface CheckpointManifest {
  /** Version of this format. */
  readonly formatVersion: 1;
  /** Iteration that it was saved at, as the folder's name says. */
  readonly iteration: number;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** Every file of the checkpoint but the manifest. */
  readonly files: readonly CheckpointFile[];
  /** Whatever the writer wanted to keep, as JSON. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Name of the manifest in a checkpoint's folder. */
export const MANIFEST = 'manifest.json';

const FORMAT_VERSION = 1;

/** Letters, digits, `.`, `_` and `-`, not starting with a dot: one plain name on any system, never a path. */
export function isFileName(name: string): boolean {
  return /^[\w-][\w.-]*$/.test(name) && name !== MANIFEST;
}

/** Size and hash of a file. */
export async function describeFile(folder: string, name: string): Promise<CheckpointFile> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(folder, name)), hash);
  const { size } = await stat(join(folder, name));
  return { name, bytes: size, sha256: hash.digest('hex') };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFile(value: unknown): value is CheckpointFile {
  if (!isRecord(value)) return false;
  const { name, bytes, sha256 } = value;
  return typeof name === 'string' && isFileName(name) && Number.isSafeInteger(bytes) && typeof sha256 === 'string';
}

/** The manifest in `text`, checked; `iteration` is what the folder's name says. */
function parseManifest(text: string, iteration: number): CheckpointManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${MANIFEST} is not valid JSON: ${messageOf(error)}`, { cause: error });
  }
  if (!isRecord(value)) throw new Error(`${MANIFEST} must be an object`);
  const { formatVersion, iteration: said, created, files, metadata } = value;
  if (formatVersion !== FORMAT_VERSION) {
    throw new Error(`${MANIFEST} has formatVersion ${JSON.stringify(formatVersion)}, this version reads ${String(FORMAT_VERSION)}`);
  }
  if (said !== iteration)
    throw new Error(`${MANIFEST} is of iteration ${JSON.stringify(said)}, the folder's name says ${String(iteration)}`);
  if (typeof created !== 'string' || !isRecord(metadata)) throw new Error(`${MANIFEST} must have created and metadata`);
  if (!Array.isArray(files) || !files.every(isFile)) throw new Error(`${MANIFEST} must list files with a plain name, bytes and sha256`);
  return { formatVersion, iteration, created, files, metadata };
}

/**
 * The manifest of a checkpoint's folder, once every file it names is there with its size (or also its content).
 *
 * @throws saying in one clause why the folder is no whole checkpoint.
 */
export async function readWholeCheckpoint(folder: string, iteration: number, verify: 'sha256' | 'sizes'): Promise<CheckpointManifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((error: unknown) => {
    throw new Error(codeOf(error) === 'ENOENT' ? `there is no ${MANIFEST}` : messageOf(error), { cause: error });
  });
  const manifest = parseManifest(text, iteration);
  for (const { name, bytes, sha256 } of manifest.files) {
    const { size } = await stat(join(folder, name)).catch((error: unknown) => {
      throw new Error(codeOf(error) === 'ENOENT' ? `${name} is missing` : messageOf(error), { cause: error });
    });
    if (size !== bytes) throw new Error(`${name} has ${String(size)} bytes, ${MANIFEST} says ${String(bytes)}`);
    if (verify === 'sha256' && (await describeFile(folder, name)).sha256 !== sha256) {
      throw new Error(`the content of ${name} is not what was written: its sha256 differs from ${MANIFEST}`);
    }
  }
  return manifest;
}
