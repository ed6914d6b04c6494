import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

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

/** Size of the main library: changes with every other build, so it tells whether the one built on is still there. */
export function librarySize(folder: string): number | undefined {
  return statSync(join(folder, 'libtensorflow_cc.so.2'), { throwIfNoEntry: false })?.size;
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
