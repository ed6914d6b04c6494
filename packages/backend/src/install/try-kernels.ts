import { fileURLToPath } from 'node:url';
import { nativeEnvironment } from '../environment.js';
import type { System } from '../machine/system.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { lastLines } from './failure.js';

/** Why kernels are not used. */
export interface Refusal {
  readonly why: string;
  /** The same compiler would do no better at the next start. */
  readonly lasting: boolean;
}

const verifyKernels = fileURLToPath(new URL('../../bin/verify-kernels.js', import.meta.url));

/**
 * Compares each kernel with composed operations, in another process, which may crash. Two seconds.
 *
 * @param file kernels for this processor
 * @param log file that what is said is appended to
 */
export async function tryKernels(target: ResolvedPackage, file: string, system: System, log?: string): Promise<Refusal | undefined> {
  // Their only device is the processor.
  const env = { ...system.env, ...nativeEnvironment(system.env), CUDA_VISIBLE_DEVICES: '-1' };
  const tried = await system.run(process.execPath, [verifyKernels, target.folder, file], { env, log, timeoutMs: 300_000 });
  if (tried.status === 0) return undefined;
  const said = lastLines(tried.stderr, 2).trim() || `it ended with ${tried.signal ?? `status ${String(tried.status)}`}`;
  return { why: `they do not work (${said})`, lasting: /where .* is right/.test(said) };
}
