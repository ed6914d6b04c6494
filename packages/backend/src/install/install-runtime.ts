import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findNvidiaCard } from '../machine/nvidia.js';
import { thisSystem, type System } from '../machine/system.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { cacheFolder, sweepParts, withLock } from './cache.js';
import { compileAddon } from './compile-addon.js';
import { compileKernels, kernelsKey } from './compile-kernels.js';
import { InstallError } from './failure.js';
import { fetchTensorflow, type Setting } from './fetch-tensorflow.js';
import { locateTensorflow } from './locate-tensorflow.js';
import { addonHash, placeAddon, readValidStamp, writeStamp, type AddonStamp } from './placed-addon.js';
import { findTarget, hasStockAddon, type Flavour } from './paths.js';
import { requireSupport } from './require-support.js';
import { librarySize } from './tensorflow-library.js';
import { verifyAddon, type AddonReport } from './verify-addon.js';

/** Options of {@link installRuntime}. */
export interface InstallOptions {
  /** Default: `gpu` where an NVIDIA card is found, and `cpu` where there is none or the GPU's installation fails. */
  readonly flavour?: Flavour;
  /** Builds anew what is in place already. Default false. */
  readonly force?: boolean;
  /** Called with a line of text per step. Default: nothing. */
  readonly onProgress?: (line: string) => void;
}

/** What {@link installRuntime} made, or found in place. */
export interface Installation {
  /** Which TensorFlow library the addon is built on. */
  readonly flavour: Flavour;
  /** npm package that carries the addon. */
  readonly packageName: string;
  /** Version of TensorFlow's C library. */
  readonly tensorflowVersion: string;
  /** False when everything was in place. */
  readonly changed: boolean;
}

/**
 * Makes the native TensorFlow runtime: where tfjs-node's stock addon is absent or does not load, builds it from its
 * own sources on a current TensorFlow library, and the fused kernels beside it. May be interrupted at any point and run again; two runs at once wait
 * for each other; quick when everything is in place. Downloads about 270 MB (GPU: about 4 GB) the first time.
 *
 * @param system what is asked of the machine, this one by default; tests give one of their own
 * @throws {InstallError} with what is missing and the remedy
 */
export async function installRuntime(
  options: InstallOptions = {},
  system: System = thisSystem(),
): Promise<Installation> {
  const { flavour, force = false, onProgress = () => undefined } = options;
  if (flavour !== undefined) return installFlavour({ flavour, force }, onProgress, system);
  const card = await findNvidiaCard(system);
  if (card === undefined) return installFlavour({ flavour: 'cpu', force }, onProgress, system);
  // A card that was refused is not tried again by itself: that would download CUDA at every start.
  const settled = force ? undefined : (inPlace('gpu', system) ?? inPlace('cpu', system, card.driver));
  if (settled !== undefined) return settled;
  try {
    return await installFlavour({ flavour: 'gpu', force }, onProgress, system);
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    onProgress(`the GPU runtime cannot be installed, so the CPU's is: ${error.message}`);
    return installFlavour({ flavour: 'cpu', force, refusedDriver: card.driver }, onProgress, system);
  }
}

/** What is to be installed. */
interface Order {
  readonly flavour: Flavour;
  readonly force: boolean;
  /** Driver of a card on which the GPU runtime could not be installed. */
  readonly refusedDriver?: string;
}

async function installFlavour(
  order: Order,
  onProgress: (line: string) => void,
  system: System,
): Promise<Installation> {
  const { flavour, force, refusedDriver } = order;
  const placed = force ? undefined : inPlace(flavour, system, refusedDriver);
  if (placed !== undefined) return placed;
  const target = findTarget(flavour, system);
  if (target === undefined) {
    throw new InstallError(
      'installRuntime: @tensorflow/tfjs-node is not installed in this project',
      'Add it (npm install @tensorflow/tfjs-node --ignore-scripts), then install again.',
    );
  }
  const cache = cacheFolder(system);
  const waiting = () => { onProgress('waiting for another installation to end'); };
  return withLock(cache, waiting, async () => {
    // The one that was waited for may have done the work.
    const done = force ? undefined : inPlace(flavour, system, refusedDriver);
    if (done !== undefined) return done;
    const valid = force ? undefined : validStamp(flavour, system, refusedDriver);
    sweepParts(cache);
    mkdirSync(join(cache, 'logs'), { recursive: true });
    const setting = { system, cache, log: join(cache, 'logs', 'install.log'), onProgress };
    try {
      const stock = force || valid !== undefined ? undefined : await keepStock(target, order, setting);
      const stamp = valid ?? stock ?? (await build(target, order, setting));
      // Before the kernels, so that an interruption does not cost the addon.
      writeStamp(target, stamp);
      if (stamp.library !== undefined) {
        const kernels = await compileKernels(target, stamp.library.folder, force, setting);
        writeStamp(target, { ...stamp, kernels });
      }
      return report(target, stamp, true);
    } finally {
      sweepParts(cache);
    }
  });
}

/** What is in place, fused kernels included; undefined where there is something to do. */
function inPlace(flavour: Flavour, system: System, refusedDriver?: string): Installation | undefined {
  const target = findTarget(flavour, system);
  const stamp = validStamp(flavour, system, refusedDriver);
  if (target === undefined || stamp === undefined) return undefined;
  const { library, kernels } = stamp;
  if (library !== undefined) {
    if (kernels?.key !== kernelsKey(library.folder, system)) return undefined;
    if (kernels.file !== undefined && !existsSync(kernels.file)) return undefined;
  }
  return report(target, stamp, false);
}

/** The stamp of an addon that is what is asked for. */
function validStamp(flavour: Flavour, system: System, refusedDriver?: string): AddonStamp | undefined {
  const target = findTarget(flavour, system);
  const stamp = target === undefined ? undefined : readValidStamp(target);
  if (stamp === undefined) return undefined;
  if (stamp.requested !== system.env.STARGAN_TENSORFLOW || (flavour === 'gpu' && !stamp.gpu)) return undefined;
  return refusedDriver !== undefined && stamp.refusedDriver !== refusedDriver ? undefined : stamp;
}

/** Keeps the addon that tfjs-node's own install script has put there, if it works. */
async function keepStock(target: ResolvedPackage, order: Order, setting: Setting): Promise<AddonStamp | undefined> {
  if (!hasStockAddon(target) || setting.system.env.STARGAN_TENSORFLOW) return undefined;
  const verified = await verifyAddon(target, setting.system, setting.log);
  if ('refusal' in verified || (order.flavour === 'gpu' && !verified.gpu)) return undefined;
  return stampOf(target, order, verified, setting.system);
}

async function build(target: ResolvedPackage, order: Order, setting: Setting): Promise<AddonStamp> {
  const { flavour, force } = order;
  const { system, onProgress, log } = setting;
  requireSupport(system);
  const library = (await locateTensorflow(flavour, system, onProgress)) ?? (await fetchTensorflow(flavour, setting));
  onProgress(`using ${library.origin}: TensorFlow ${library.version ?? 'of unknown version'} in ${library.folder}`);
  const addon = await compileAddon(target, library, force, setting);
  const putBack = placeAddon(target, addon);
  onProgress('verifying the addon');
  const verified = await verifyAddon(target, system, log);
  if ('refusal' in verified) {
    putBack();
    rmSync(addon, { force: true }); // or the next installation would take it from the cache
    throw new InstallError(`installRuntime: ${verified.refusal}`, `The whole output is in ${log}`);
  }
  if (flavour === 'gpu' && !verified.gpu) {
    putBack();
    throw new InstallError(
      'installRuntime: the addon works, but TensorFlow finds no card that it can use',
      `CUDA 12 needs an NVIDIA driver of version 525 or later. The whole output is in ${log}`,
    );
  }
  return { ...stampOf(target, order, verified, system), library: { folder: library.folder, bytes: librarySize(library.folder) } };
}

function stampOf(target: ResolvedPackage, order: Order, verified: AddonReport, system: System): AddonStamp {
  return {
    ...verified,
    flavour: order.flavour,
    addon: addonHash(target),
    requested: system.env.STARGAN_TENSORFLOW,
    refusedDriver: order.refusedDriver,
    modules: process.versions.modules,
  };
}

function report(target: ResolvedPackage, stamp: AddonStamp, changed: boolean): Installation {
  return { flavour: stamp.flavour, packageName: target.name, tensorflowVersion: stamp.tensorflow, changed };
}
