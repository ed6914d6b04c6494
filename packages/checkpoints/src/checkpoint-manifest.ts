import { messageOf } from './file-errors.js';
import type { ReadableFolder } from './readable-folder.js';

/** One file of a checkpoint. */
export interface CheckpointFile {
  /** Name within the checkpoint's folder, never a path. */
  readonly name: string;
  /** Size of the file. */
  readonly bytes: number;
  /** SHA-256 of the content in hexadecimal digits. */
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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFile(value: unknown): value is CheckpointFile {
  if (!isRecord(value)) return false;
  const { name, bytes, sha256 } = value;
  return typeof name === 'string' && isFileName(name) && Number.isSafeInteger(bytes) && typeof sha256 === 'string';
}

/** The manifest in `text`, checked; `iteration` is what the folder's name says, where it says one. */
function parseManifest(text: string, iteration: number | undefined): CheckpointManifest {
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
  if (iteration !== undefined && said !== iteration)
    throw new Error(`${MANIFEST} is of iteration ${JSON.stringify(said)}, the folder's name says ${String(iteration)}`);
  if (!Number.isSafeInteger(said)) throw new Error(`${MANIFEST} must have an iteration, got ${JSON.stringify(said)}`);
  if (typeof created !== 'string' || !isRecord(metadata)) throw new Error(`${MANIFEST} must have created and metadata`);
  if (!Array.isArray(files) || !files.every(isFile)) throw new Error(`${MANIFEST} must list files with a plain name, bytes and sha256`);
  return { formatVersion, iteration: said as number, created, files, metadata };
}

/** How the files of a checkpoint are compared with its manifest. */
export interface CheckOptions {
  /** By `'sizes'` (default), or by reading all of them for their `'sha256'`. */
  readonly verify?: 'sha256' | 'sizes' | undefined;
  /** Which files are looked at, by their names; all by default. Those that are not looked at need not be there. */
  readonly only?: ((name: string) => boolean) | undefined;
}

/**
 * The manifest of a checkpoint's folder, once every file it names is there with its size (or also its content).
 *
 * @param iteration that the folder's name says; undefined where it says none
 * @throws saying in one clause why the folder is no whole checkpoint.
 */
export async function readWholeCheckpoint(
  folder: ReadableFolder,
  iteration: number | undefined,
  { verify = 'sizes', only = () => true }: CheckOptions = {},
): Promise<CheckpointManifest> {
  const text = await folder.text(MANIFEST);
  if (text === undefined) throw new Error(`there is no ${MANIFEST}`);
  const manifest = parseManifest(text, iteration);
  for (const { name, bytes, sha256 } of manifest.files.filter((file) => only(file.name))) {
    const size = await folder.size(name);
    if (size === undefined) throw new Error(`${name} is missing`);
    if (size !== bytes) throw new Error(`${name} has ${String(size)} bytes, ${MANIFEST} says ${String(bytes)}`);
    if (verify === 'sha256' && (await folder.sha256(name)) !== sha256) {
      throw new Error(`the content of ${name} is not what was written: its sha256 differs from ${MANIFEST}`);
    }
  }
  return manifest;
}
