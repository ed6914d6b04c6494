import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findPython, isPython, probePython } from '../machine/python.js';
import type { System } from '../machine/system.js';
import { InstallError } from './failure.js';
import type { Flavour } from './paths.js';
import { readLibrary, type TensorflowLibrary } from './tensorflow-library.js';

/**
 * The TensorFlow that is already on this machine: the one that `STARGAN_TENSORFLOW` names (a `tensorflow` package
 * folder, a virtual environment, or a Python program), else the one that `python3` would import.
 *
 * @throws {InstallError} when `STARGAN_TENSORFLOW` is set and unusable; an unusable one of `python3` is passed over
 */
export async function locateTensorflow(
  flavour: Flavour,
  system: System,
  onProgress: (line: string) => void,
): Promise<TensorflowLibrary | undefined> {
  const named = system.env.STARGAN_TENSORFLOW;
  if (named) {
    const library = await readNamed(resolve(named), system);
    const refusal = 'refusal' in library ? library.refusal : wrongFlavour(library, flavour);
    if (refusal === undefined && !('refusal' in library)) return library;
    throw new InstallError(
      `installRuntime: STARGAN_TENSORFLOW=${named} cannot be used: ${refusal ?? ''}`,
      'Name a `tensorflow` package folder, a virtual environment or a python program that has TensorFlow, or unset it.',
    );
  }
  const python = await findPython(system);
  if (!isPython(python) || python.tensorflow === undefined) return undefined;
  const library = readLibrary(python.tensorflow, `the TensorFlow of ${python.executable}`);
  const refusal = 'refusal' in library ? library.refusal : wrongFlavour(library, flavour);
  if (refusal === undefined && !('refusal' in library)) return library;
  onProgress(`passing over the TensorFlow of ${python.executable}: ${refusal ?? ''}`);
  return undefined;
}

async function readNamed(path: string, system: System): Promise<TensorflowLibrary | { readonly refusal: string }> {
  const origin = `STARGAN_TENSORFLOW=${path}`;
  if (!existsSync(path)) return { refusal: 'there is no such file or folder' };
  const isFolder = statSync(path).isDirectory();
  const program = isFolder ? join(path, 'bin', 'python') : path;
  if (isFolder && !existsSync(program)) return readLibrary(path, origin);
  const python = await probePython(system, program);
  if (!isPython(python)) return { refusal: `${program} is no Python 3${python === undefined ? '' : ` (${python.failure})`}` };
  if (python.tensorflow === undefined) return { refusal: `${program} has no TensorFlow` };
  return readLibrary(python.tensorflow, origin);
}

function wrongFlavour(library: TensorflowLibrary, flavour: Flavour): string | undefined {
  return flavour === 'gpu' && !library.cuda ? `${library.folder} is built without CUDA` : undefined;
}
