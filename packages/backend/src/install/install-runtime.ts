import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cardState, findObstacle, oldDriver } from '../machine/nvidia-access.js';
import { findNvidiaCard, formatCard, type NvidiaCard } from '../machine/nvidia.js';
import { thisSystem, type System } from '../machine/system.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { cacheRoot, sweepParts, withLock } from './cache.js';
import { compileAddon, ownSourcesHash, showsDamage } from './compile-addon.js';
import { compileKernels, kernelsSettled, type KernelsOrder } from './compile-kernels.js';
import { asInstallError, InstallError } from './failure.js';
import { fetchTensorflow, type Setting } from './fetch-tensorflow.js';
import { usableKernels } from './kernels-stamp.js';
import { locateTensorflow } from './locate-tensorflow.js';
import { addonHash, placeAddon, readValidStamp, writeStamp, type AddonStamp } from './placed-addon.js';
import { findTarget, hasStockAddon, type Flavour } from './paths.js';
import { requireLoadablePath, requireSupport } from './require-support.js';
import { librarySizes, type TensorflowLibrary } from './tensorflow-library.js';
import { verifyAddon, type AddonReport } from './verify-addon.js';

/** Options of {@link installRuntime}. */
export interface InstallOptions {
  /** Default: `gpu` where an NVIDIA card is found, and `cpu` where there is none or the GPU's installation fails. */
  readonly flavour?: Flavour | undefined;
  /** Fetches, compiles and verifies anew what is in place already. Default false. */
  readonly force?: boolean | undefined;
  /**
   * Compiles the fused kernels for all levels of x64 (`x86-64-v4`, `x86-64-v3`, `x86-64-v2`), so that what is installed can be moved to
   * other processors, instead of for this one's level alone. No difference on other architectures. Default false.
   */
  readonly portable?: boolean | undefined;
  /** Called with a line of text per step. Default: nothing. */
  readonly onProgress?: ((line: string) => void) | undefined;
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
  /** Why the fused kernels are not used; left out where they are, and where this package compiled no library's addon. */
  readonly withoutKernels?: string | undefined;
}

/**
 * Makes the native TensorFlow runtime: where tfjs-node's stock addon is absent or does not load, builds it from its
 * own sources on a current TensorFlow library, and the fused kernels beside it. May be interrupted at any point and run again; two runs at once wait
 * for each other; quick when everything is in place. Downloads about 270 MB (GPU: about 4 GB) the first time.
 *
 * @param system what is asked of the machine, this one by default; tests give one of their own
 * @throws {InstallError} with what is missing and the remedy
 */
export async function installRuntime(options: InstallOptions = {}, system: System = thisSystem()): Promise<Installation> {
  const { flavour, force = false, portable = false, onProgress = () => undefined } = options;
  try {
    return await installFor(flavour, { force, portable }, onProgress, system);
  } catch (error) {
    throw asInstallError(error);
  }
}

async function installFor(
  flavour: Flavour | undefined,
  kernels: KernelsOrder,
  onProgress: (line: string) => void,
  system: System,
): Promise<Installation> {
  const { force } = kernels;
  if (flavour === 'cpu') return installFlavour({ flavour, ...kernels }, onProgress, system);
  const card = await findNvidiaCard(system);
  if (flavour === 'gpu') return installFlavour({ flavour, ...kernels, card }, onProgress, system);
  if (card === undefined) return installFlavour({ flavour: 'cpu', ...kernels }, onProgress, system);
  // A card that was refused is not tried again by itself while nothing has changed about it.
  const refusedCard = cardState(card, system);
  const settled = force
    ? undefined
    : ((await inPlace({ flavour: 'gpu', ...kernels }, system)) ?? (await inPlace({ flavour: 'cpu', ...kernels, refusedCard }, system)));
  if (settled !== undefined) return settled;
  try {
    return await installFlavour({ flavour: 'gpu', ...kernels, card }, onProgress, system);
  } catch (error) {
    const failure = asInstallError(error);
    if (!(failure instanceof InstallError)) throw failure;
    onProgress(`the GPU runtime cannot be installed, so the CPU's is: ${failure.message}`);
    return installFlavour({ flavour: 'cpu', ...kernels, refusedCard: failure.lasting ? refusedCard : undefined }, onProgress, system);
  }
}

/** What is to be installed. */
interface Order extends KernelsOrder {
  readonly flavour: Flavour;
  /** The card that the GPU runtime is for. */
  readonly card?: NvidiaCard | undefined;
  /** State of a card on which the GPU runtime does not work. */
  readonly refusedCard?: string | undefined;
}

async function installFlavour(order: Order, onProgress: (line: string) => void, system: System): Promise<Installation> {
  const { flavour, force, card } = order;
  const placed = await inPlace(order, system);
  if (placed !== undefined) return placed;
  const target = findTarget(flavour, system);
  if (target === undefined) {
    throw new InstallError(
      'installRuntime: @tensorflow/tfjs-node is not installed in this project',
      'Add it (npm install @tensorflow/tfjs-node --ignore-scripts), then install again.',
    );
  }
  if (flavour === 'gpu') requireCudaBuild(card, system);
  const cache = cacheRoot(system);
  const waiting = () => {
    onProgress('waiting for another installation to end');
  };
  return withLock(cache, waiting, async () => {
    // The one that was waited for may have done the work.
    const done = await inPlace(order, system);
    if (done !== undefined) return done;
    const before = readValidStamp(target, system)?.kernels;
    const valid = force ? undefined : validStamp(order, system);
    sweepParts(cache);
    mkdirSync(join(cache, 'logs'), { recursive: true });
    const setting = { system, cache, log: join(cache, 'logs', 'install.log'), onProgress };
    try {
      const stock = force || valid !== undefined ? undefined : await keepStock(target, order, setting);
      const stamp = valid ?? stock ?? (await build(target, order, setting));
      // Before the kernels, so that an interruption does not cost the addon.
      await writeStamp(target, stamp);
      if (stamp.library === undefined) return report(target, stamp, true, system);
      const kernels = await compileKernels(target, stamp.library.folder, order, before, setting);
      await writeStamp(target, { ...stamp, kernels });
      return report(target, { ...stamp, kernels }, true, system);
    } finally {
      sweepParts(cache);
    }
  });
}

/** @throws {InstallError} where the library with CUDA would be fetched for nothing */
function requireCudaBuild(card: NvidiaCard | undefined, system: System): void {
  const { arch, env } = system;
  if (arch === 'arm64' && !env.STARGAN_TENSORFLOW) {
    throw new InstallError(
      'installRuntime: there is no TensorFlow wheel with CUDA for arm64',
      'Name a TensorFlow with CUDA with STARGAN_TENSORFLOW, or go on with the CPU runtime.',
      { lasting: true },
    );
  }
  const old = card === undefined ? undefined : oldDriver(card);
  if (old !== undefined) throw new InstallError(`installRuntime: ${old.why}`, old.remedy, { lasting: true });
}

/** What is in place, fused kernels included; undefined where there is something to do. */
async function inPlace(order: Order, system: System): Promise<Installation | undefined> {
  const target = findTarget(order.flavour, system);
  const stamp = order.force ? undefined : validStamp(order, system);
  if (target === undefined || stamp === undefined) return undefined;
  const { library, kernels } = stamp;
  if (library !== undefined && !(await kernelsSettled(kernels, library.folder, order.portable, system))) return undefined;
  return report(target, stamp, false, system);
}

/** The stamp of an addon that is what is asked for. */
function validStamp({ flavour, refusedCard }: Order, system: System): AddonStamp | undefined {
  const target = findTarget(flavour, system);
  const stamp = target === undefined ? undefined : readValidStamp(target, system);
  if (stamp === undefined) return undefined;
  // One that we compiled has what this version asks of it.
  if (stamp.library !== undefined && stamp.ownSources !== ownSourcesHash()) return undefined;
  if (stamp.requested !== system.env.STARGAN_TENSORFLOW || (flavour === 'gpu' && !stamp.gpu)) return undefined;
  return refusedCard !== undefined && stamp.refusedCard !== refusedCard ? undefined : stamp;
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
  const { system, onProgress } = setting;
  requireSupport(system);
  requireLoadablePath(setting.cache);
  const located = await locateTensorflow(flavour, system, onProgress);
  if (located !== undefined) return buildOn(located, target, order, setting);
  const library = await fetchTensorflow(flavour, force, setting);
  try {
    return await buildOn(library, target, order, setting);
  } catch (error) {
    if (force || !(error instanceof InstallError) || !showsDamage(error.message)) throw error;
    onProgress(`fetching the library again, for its files are damaged: ${error.message.split('\n')[0] ?? ''}`);
    return buildOn(await fetchTensorflow(flavour, true, setting), target, { ...order, force: true }, setting);
  }
}

async function buildOn(library: TensorflowLibrary, target: ResolvedPackage, order: Order, setting: Setting): Promise<AddonStamp> {
  const { system, onProgress, log } = setting;
  requireLoadablePath(library.folder);
  onProgress(`using ${library.origin}: TensorFlow ${library.version ?? 'of unknown version'} in ${library.folder}`);
  const addon = await compileAddon(target, library, order.force, setting);
  const putBack = await placeAddon(target, addon.file);
  onProgress('verifying the addon');
  const verified = await verifyAddon(target, system, log);
  if ('refusal' in verified) {
    await putBack();
    rmSync(addon.file, { force: true }); // or the next installation would take it from the cache
    if (addon.cached) {
      onProgress(`compiling the addon in the cache again: ${verified.refusal}`);
      return buildOn(library, target, { ...order, force: true }, setting);
    }
    throw new InstallError(`installRuntime: ${verified.refusal}`, `${remedyFor(verified.refusal)}The whole output is in ${log}`);
  }
  if (order.flavour === 'gpu' && !verified.gpu) {
    await putBack();
    const obstacle = order.card === undefined ? undefined : findObstacle(order.card, system);
    const card = order.card === undefined ? 'no NVIDIA card was found' : formatCard(order.card);
    throw new InstallError(
      `installRuntime: the addon works, but TensorFlow finds no card that it can use: ${obstacle?.why ?? `the reason is not known (${card})`}`,
      `${obstacle?.remedy ?? 'See what TensorFlow says with TF_CPP_MIN_LOG_LEVEL=0.'} The whole output is in ${log}`,
      { lasting: true },
    );
  }
  return {
    ...stampOf(target, order, verified, system),
    cachedAddon: addon.file,
    ownSources: ownSourcesHash(),
    library: { folder: library.folder, sizes: librarySizes(library.folder) },
  };
}

function remedyFor(refusal: string): string {
  if (!/failed to map segment|cannot apply additional memory protection|Operation not permitted/.test(refusal)) return '';
  const place = refusal.includes('tfjs_binding') ? 'Move the project to a folder' : 'Name a folder with STARGAN_CACHE_DIR';
  return `Programs may not be run from that file system, which is mounted noexec. ${place} on one without. `;
}

function stampOf(target: ResolvedPackage, order: Order, verified: AddonReport, system: System): AddonStamp {
  return {
    ...verified,
    flavour: order.flavour,
    addon: addonHash(target),
    requested: system.env.STARGAN_TENSORFLOW,
    refusedCard: order.refusedCard,
    libc: system.libc,
  };
}

function report(target: ResolvedPackage, stamp: AddonStamp, changed: boolean, system: System): Installation {
  const { flavour, tensorflow, library, kernels } = stamp;
  const usable = library === undefined ? undefined : usableKernels(kernels, library.folder, system);
  const withoutKernels = usable !== undefined && 'why' in usable ? { withoutKernels: usable.why } : {};
  return { flavour, packageName: target.name, tensorflowVersion: tensorflow, changed, ...withoutKernels };
}
