import { freemem, totalmem } from 'node:os';
import { cacheFolder } from './install/cache.js';
import { inspectFusedKernels } from './fused-kernels.js';
import { findTarget, hasAddon, type Flavour } from './install/paths.js';
import { verifyAddon } from './install/verify-addon.js';
import { findCompiler } from './machine/compiler.js';
import type { Diagnosis, RuntimeReport } from './machine/diagnosis.js';
import { findingsOf } from './machine/findings.js';
import { availableMemory } from './machine/memory.js';
import { findNvidiaCard, type NvidiaCard } from './machine/nvidia.js';
import { describeProcessor } from './machine/processor.js';
import { findPython } from './machine/python.js';
import { thisSystem, type System } from './machine/system.js';
import { runtimePackages } from './runtime.js';

/**
 * Looks at everything that decides which runtime there is, without loading one into this process; the native ones
 * are tried in another. Takes a second or two.
 *
 * @param system what is asked of the machine, this one by default; tests give one of their own
 */
export async function inspectMachine(system: System = thisSystem()): Promise<Diagnosis> {
  const folder = cacheFolder(system);
  const card = await findNvidiaCard(system);
  const python = await findPython(system);
  const compiler = await findCompiler(system);
  const processor = describeProcessor(system);
  const facts = {
    node: process.version,
    platform: system.platform,
    arch: system.arch,
    threads: Number(system.env.TF_NUM_INTRAOP_THREADS ?? 0) || processor.cores,
    processor,
    memory: { totalBytes: totalmem(), freeBytes: freemem(), availableBytes: availableMemory(system) },
    cache: { folder, freeBytes: await system.freeBytes(folder) },
    python: python && { executable: python.executable, version: python.version, pip: python.pip },
    compiler: compiler && { command: compiler.command, version: compiler.version },
    card,
    runtimes: [
      await reportGpu(system, card),
      await reportNative('native-cpu', 'cpu', system),
      reportPortable('wasm', system),
      reportPortable('cpu', system),
    ],
  };
  return { ...facts, findings: findingsOf(facts) };
}

async function reportGpu(system: System, card: NvidiaCard | undefined): Promise<RuntimeReport> {
  if (card !== undefined) return reportNative('native-gpu', 'gpu', system);
  return { kind: 'native-gpu', available: false, why: 'no NVIDIA card with a driver was found' };
}

async function reportNative(
  kind: 'native-gpu' | 'native-cpu',
  flavour: Flavour,
  system: System,
): Promise<RuntimeReport> {
  const target = findTarget(flavour, system);
  if (target === undefined) return { kind, available: false, why: `${runtimePackages[kind]} is not installed` };
  if (!hasAddon(target)) return { kind, available: false, why: `the addon of ${target.name} was not built` };
  const verified = await verifyAddon(target, system);
  if ('refusal' in verified) return { kind, available: false, why: verified.refusal };
  const available = flavour === 'cpu' || verified.gpu;
  const why = available ? undefined : `${target.name} works, but TensorFlow finds no card it can use`;
  const fusedKernels = flavour === 'cpu' ? inspectFusedKernels(target, system) : undefined;
  return { kind, available, version: verified.tensorflow, why, fusedKernels };
}

function reportPortable(kind: 'wasm' | 'cpu', system: System): RuntimeReport {
  const resolved = system.resolve(runtimePackages[kind]);
  if (resolved === undefined) return { kind, available: false, why: `${runtimePackages[kind]} is not installed` };
  return { kind, available: true, version: resolved.version };
}
