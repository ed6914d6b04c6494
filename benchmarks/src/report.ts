import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import type { Runtime } from '@stargan/backend';
import { version_core } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { runProgram } from './iteration/run-program.js';
import type { VariantResult } from './run-case.js';

/** All that is needed to know what numbers are of. */
export interface Origin {
  date: string;
  machine: { processor: string; cores: number; memoryBytes: number; platform: string; architecture: string };
  runtime: Pick<Runtime, 'kind' | 'device' | 'tensorflowVersion'> & { fusedKernels: boolean };
  versions: { node: string; tensorflow?: string; tfjs: string; sharp: string };
  /** Commit of the sources, and whether files differ from it; nothing outside a git repository. */
  git?: { revision: string; modified: boolean };
}

/** What `pnpm bench --json` writes. */
export interface Report extends Origin {
  node: string;
  matmulPeakGigaflopsPerSecond: number;
  results: readonly VariantResult[];
  /** Why cases are missing. */
  failures: readonly string[];
}

export async function describeOrigin({ kind, device, tensorflowVersion, fusedKernels }: Runtime): Promise<Origin> {
  const processor = cpus()[0]?.model.trim() ?? 'unknown';
  return {
    date: new Date().toISOString(),
    machine: { processor, cores: availableParallelism(), memoryBytes: totalmem(), platform: platform(), architecture: arch() },
    runtime: { kind, device, tensorflowVersion, fusedKernels: fusedKernels?.available === true },
    versions: { node: process.versions.node, tensorflow: tensorflowVersion, tfjs: version_core, sharp: sharp.versions.sharp },
    git: await findRevision(),
  };
}

async function findRevision(): Promise<Origin['git']> {
  const git = async (...parameters: string[]): Promise<string | undefined> => {
    // Without git the numbers are as good.
    const result = await runProgram('git', ['-C', import.meta.dirname, ...parameters]).catch(() => undefined);
    return result?.exitCode === 0 ? result.stdout.trim() : undefined;
  };
  const revision = await git('rev-parse', 'HEAD');
  const changes = await git('status', '--porcelain');
  return revision === undefined || changes === undefined ? undefined : { revision, modified: changes !== '' };
}
