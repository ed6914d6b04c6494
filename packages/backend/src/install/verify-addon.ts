import { fileURLToPath } from 'node:url';
import { nativeEnvironment } from '../environment.js';
import type { System } from '../machine/system.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { lastLines } from './failure.js';

/** What a working addon says of itself. */
export interface AddonReport {
  readonly tensorflow: string;
  readonly gpu: boolean;
  /** Whether it makes functions of operations: one that we compiled does. */
  readonly functions?: boolean;
}

const verifyRuntime = fileURLToPath(new URL('../../bin/verify-runtime.js', import.meta.url));

/**
 * Loads the package in another process, which may crash, and runs a matrix product and a convolution whose results
 * are known. Gives the reason where it does not work.
 */
export async function verifyAddon(
  target: ResolvedPackage,
  system: System,
  log?: string,
): Promise<AddonReport | { readonly refusal: string }> {
  const env = { ...system.env, ...nativeEnvironment(system.env) };
  const result = await system.run(process.execPath, [verifyRuntime, target.folder], { env, log, timeoutMs: 300_000 });
  const report = result.status === 0 ? readReport(result.stdout) : undefined;
  if (report !== undefined) return report;
  const why = lastLines(result.stderr || result.stdout, 3).trim();
  return { refusal: `${target.name} does not work: ${why || `it ended with ${result.signal ?? `status ${String(result.status)}`}`}` };
}

function readReport(stdout: string): AddonReport | undefined {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as AddonReport;
  } catch {
    return undefined;
  }
}
