import { describeProcessor } from '../machine/processor.js';
import type { System } from '../machine/system.js';
import { InstallError } from './failure.js';

/** What TensorFlow's wheels are built for (manylinux_2_27). */
const oldestGlibc = { major: 2, minor: 27 };

/** Why no TensorFlow library runs on this machine, and what works there; undefined where one does. */
export function whyUnsupported(system: System): { readonly why: string; readonly remedy: string } | undefined {
  if (system.platform !== 'linux') {
    return {
      why: `the addon is built on Linux only, and this is ${system.platform}`,
      remedy:
        'Install the stock addon (npm rebuild @tensorflow/tfjs-node, Node.js up to 22), use WSL on Windows, or go on with the wasm runtime.',
    };
  }
  if (system.arch !== 'x64' && system.arch !== 'arm64') {
    return {
      why: `there is no TensorFlow library for ${system.arch}`,
      remedy: 'Use a machine with an x64 or arm64 processor, or go on with the wasm runtime.',
    };
  }
  const [family, version = ''] = (system.libc ?? '').split(' ');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (family === 'musl') {
    return {
      why: "TensorFlow's libraries need glibc, and this system has musl (Alpine Linux and others)",
      remedy: "Use a system or container image with glibc, such as Debian's, or go on with the wasm runtime.",
    };
  }
  if (family === 'glibc' && (major < oldestGlibc.major || (major === oldestGlibc.major && minor < oldestGlibc.minor))) {
    return {
      why: `TensorFlow's libraries need glibc ${String(oldestGlibc.major)}.${String(oldestGlibc.minor)} or later, and this system has ${version}`,
      remedy: 'Use a newer system or container image, or go on with the wasm runtime.',
    };
  }
  if (describeProcessor(system).avx === false) {
    return {
      why: 'this processor has no AVX instructions, which TensorFlow needs',
      remedy: 'Use another machine, or go on with the wasm runtime.',
    };
  }
  return undefined;
}

/** @throws {InstallError} where no TensorFlow library runs, with what works there */
export function requireSupport(system: System): void {
  const reason = whyUnsupported(system);
  if (reason !== undefined) throw new InstallError(`installRuntime: ${reason.why}`, reason.remedy, { lasting: true });
}

/** @throws {InstallError} for a folder from which the loader would not take a library */
export function requireLoadablePath(folder: string): void {
  if (!folder.includes(':')) return;
  throw new InstallError(
    `installRuntime: ${folder} has a colon in it, at which the loader of libraries would split it`,
    'Name a folder without a colon with STARGAN_CACHE_DIR (or STARGAN_TENSORFLOW, where that names this one).',
  );
}
