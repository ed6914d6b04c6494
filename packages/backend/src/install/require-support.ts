import { describeProcessor } from '../machine/processor.js';
import type { System } from '../machine/system.js';
import { InstallError } from './failure.js';

/** @throws {InstallError} where no TensorFlow library runs, with what works there */
export function requireSupport(system: System): void {
  if (system.platform !== 'linux') {
    throw new InstallError(
      `installRuntime: the addon is built on Linux only, and this is ${system.platform}`,
      'Install the stock addon (npm rebuild @tensorflow/tfjs-node, Node.js up to 22), use WSL on Windows, or go on with the wasm runtime.',
    );
  }
  if (system.arch !== 'x64' && system.arch !== 'arm64') {
    throw new InstallError(
      `installRuntime: there is no TensorFlow library for ${system.arch}`,
      'Use a machine with an x64 or arm64 processor, or go on with the wasm runtime.',
    );
  }
  if (describeProcessor(system).avx === false) {
    throw new InstallError(
      'installRuntime: this processor has no AVX instructions, which TensorFlow needs',
      'Use another machine, or go on with the wasm runtime.',
    );
  }
}
