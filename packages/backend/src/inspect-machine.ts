import { freemem, totalmem } from 'node:os';
import { cacheRoot } from './install/cache.js';
import { inspectFusedKernels } from './fused-kernels.js';
import { findTarget, hasAddon, type Flavour } from './install/paths.js';
import { hasFittingPip } from './install/pip.js';
import { libraryFault } from './install/placed-addon.js';
import { whyUnsupported } from './install/require-support.js';
import { verifyAddon } from './install/verify-addon.js';
import { findCompiler } from './machine/compiler.js';
import type { Diagnosis, RuntimeReport } from './machine/diagnosis.js';
import { findingsOf } from './machine/findings.js';
import { availableMemory } from './machine/memory.js';
import { findObstacle } from './machine/nvidia-access.js';
import { findNvidiaCard, type NvidiaCard } from './machine/nvidia.js';
import { describeProcessor } from './machine/processor.js';
import { findPython, isPython, pythonsOnPath, type PythonProbe } from './machine/python.js';
import { thisSystem, type System } from './machine/system.js';
import { runtimePackages } from './runtime.js';

/**
 * Looks at everything that decides which runtime there is, without loading one into this process; the native ones
 * are tried in another. Takes a second or two.
 *
 * @param system what is asked of the machine, this one by default; tests give one of their own
 */
export async function inspectMachine(system: System = thisSystem()): Promise<Diagnosis> {
  const card = await findNvidiaCard(system);
  const python = await pythonForPip(system);
  const compiler = await findCompiler(system);
  const processor = describeProcessor(system);
  const facts = {
    node: process.version,
    platform: system.platform,
    arch: system.arch,
    threads: Number(system.env.TF_NUM_INTRAOP_THREADS ?? 0) || processor.cores,
    processor,
    memory: { totalBytes: totalmem(), freeBytes: freemem(), availableBytes: availableMemory(system) },
    libc: system.libc,
    cache: await describeCache(system),
    python: isPython(python)
      ? { executable: python.executable, version: python.version, pip: python.pip !== undefined, pipVersion: python.pip }
      : undefined,
    pythonFailure: python === undefined || isPython(python) ? undefined : python.failure,
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

/** The Python that TensorFlow would be fetched with, else the first. */
async function pythonForPip(system: System): Promise<PythonProbe> {
  for await (const python of pythonsOnPath(system)) if (hasFittingPip(python)) return python;
  return findPython(system);
}

async function describeCache(system: System): Promise<Diagnosis['cache']> {
  try {
    const folder = cacheRoot(system);
    return { folder, freeBytes: await system.freeBytes(folder) };
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
}

async function reportGpu(system: System, card: NvidiaCard | undefined): Promise<RuntimeReport> {
  if (card !== undefined) return reportNative('native-gpu', 'gpu', system, card);
  return { kind: 'native-gpu', available: false, why: 'no NVIDIA card with a driver was found' };
}

async function reportNative(
  kind: 'native-gpu' | 'native-cpu',
  flavour: Flavour,
  system: System,
  card?: NvidiaCard,
): Promise<RuntimeReport> {
  const target = findTarget(flavour, system);
  if (target === undefined) return { kind, available: false, why: `${runtimePackages[kind]} is not installed` };
  const obstacle = card === undefined ? undefined : findObstacle(card, system);
  const whyNot = { kind, available: false, remedy: obstacle?.remedy };
  if (!hasAddon(target))
    return { ...whyNot, why: obstacle?.why ?? whyUnsupported(system)?.why ?? `the addon of ${target.name} was not built` };
  const fault = libraryFault(target);
  if (fault !== undefined) return { kind, available: false, why: `the TensorFlow library of ${target.name} is not whole: ${fault}` };
  const verified = await verifyAddon(target, system);
  if ('refusal' in verified) return { kind, available: false, why: verified.refusal };
  if (flavour === 'gpu' && !verified.gpu)
    return { ...whyNot, why: `TensorFlow finds no card that it can use: ${obstacle?.why ?? 'the reason is not known'}` };
  const fusedKernels = flavour === 'cpu' ? await inspectFusedKernels(target, system) : undefined;
  return { kind, available: true, version: verified.tensorflow, fusedKernels, capture: verified.functions === true };
}

function reportPortable(kind: 'wasm' | 'cpu', system: System): RuntimeReport {
  const resolved = system.resolve(runtimePackages[kind]);
  if (resolved === undefined) return { kind, available: false, why: `${runtimePackages[kind]} is not installed` };
  return { kind, available: true, version: resolved.version };
}
