import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A `tensorflow` Python package folder that an addon can be built on. */
export interface TensorflowLibrary {
  /** Holds `include/`, `libtensorflow_cc.so.2` and `libtensorflow_framework.so.2`. */
  readonly folder: string;
  /** From the metadata beside the folder; undefined where there is none. */
  readonly version?: string;
  /** Built with CUDA. */
  readonly cuda: boolean;
  /** For people: where it comes from. */
  readonly origin: string;
}

const needed = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', join('include', 'tensorflow', 'c', 'c_api.h')];

// The oldest on which the addon was built and loaded.
const oldest = { major: 2, minor: 14 };

/** Reads what is in `folder`; gives the reason where the addon cannot be built on it. */
export function readLibrary(folder: string, origin: string): TensorflowLibrary | { readonly refusal: string } {
  const missing = needed.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) return { refusal: `${folder} has no ${missing.join(', ')}` };
  const version = versionBeside(folder);
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (version !== undefined && (major < oldest.major || (major === oldest.major && minor < oldest.minor))) {
    return { refusal: `${folder} is TensorFlow ${version}, older than ${String(oldest.major)}.${String(oldest.minor)}` };
  }
  return { folder, version, cuda: isCudaBuild(folder), origin };
}

/** Bytes of a library's files that are loaded, by their paths below the folder that holds it. */
export type LibrarySizes = Readonly<Record<string, number>>;

/**
 * Sizes of the shared libraries, CUDA's beside them included: they differ in every other build, and a file that was cut
 * short would end the process that loads it without a word.
 */
export function librarySizes(folder: string): LibrarySizes {
  const home = dirname(folder);
  const cuda = join(home, 'nvidia');
  const files = existsSync(cuda) ? readdirSync(cuda, { recursive: true, encoding: 'utf8' }).filter((file) => /\.so[.\d]*$/.test(file)) : [];
  const paths = [...needed.slice(0, 2).map((file) => join(basename(folder), file)), ...files.map((file) => join('nvidia', file)).sort()];
  return Object.fromEntries(paths.map((path) => [path, statSync(join(home, path), { throwIfNoEntry: false })?.size ?? 0]));
}

/** The first file of a library that has another size than it had; undefined where none has. */
export function changedFile(folder: string, sizes: LibrarySizes): string | undefined {
  for (const [path, bytes] of Object.entries(sizes)) {
    const file = join(dirname(folder), path);
    const present = statSync(file, { throwIfNoEntry: false })?.size;
    if (present === undefined) return `${file} is gone`;
    if (present !== bytes) return `${file} has ${String(present)} bytes instead of ${String(bytes)}`;
  }
  return undefined;
}

function versionBeside(folder: string): string | undefined {
  for (const name of readdirSync(dirname(folder))) {
    const version = /^tensorflow(?:_(?:cpu|gpu|intel|cpu_aws|rocm))?-(\d+\.\d+\.\d+[^-]*)\.dist-info$/.exec(name)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}

function isCudaBuild(folder: string): boolean {
  const info = join(folder, 'python', 'platform', 'build_info.py');
  return existsSync(info) && /is_cuda_build\W+True/.test(readFileSync(info, 'utf8'));
}
