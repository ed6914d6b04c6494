import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { System } from '../machine/system.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { runtimePackages } from '../runtime.js';

/** Which TensorFlow library the addon is built on. */
export type Flavour = 'cpu' | 'gpu';

/** Version of the TensorFlow wheel that is downloaded where no other TensorFlow is found. */
export const tensorflowVersion = '2.21.0';

// Node-API 8 is in every Node.js that this package runs on, and is the newest that tfjs-node asks for.
export const nodeApiVersion = 8;

/** Where tfjs-node looks for its addon. */
export function addonPath(target: ResolvedPackage): string {
  return join(target.folder, 'lib', `napi-v${String(nodeApiVersion)}`, 'tfjs_binding.node');
}

export function hasAddon(target: ResolvedPackage): boolean {
  return existsSync(addonPath(target));
}

/** True where tfjs-node's own install script was run: it puts its TensorFlow library into `deps`. */
export function hasStockAddon(target: ResolvedPackage): boolean {
  return hasAddon(target) && existsSync(join(target.folder, 'deps'));
}

/** The package that carries the addon: tfjs-node-gpu for the GPU where it is installed, else tfjs-node. */
export function findTarget(flavour: Flavour, system: System): ResolvedPackage | undefined {
  const cpu = system.resolve(runtimePackages['native-cpu']);
  return flavour === 'gpu' ? (system.resolve(runtimePackages['native-gpu']) ?? cpu) : cpu;
}
