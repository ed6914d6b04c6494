import { installCommand } from './install-command.js';
import { nameKernels, type Runtime } from './runtime.js';

// Seconds of a training iteration at 64×64, batch 2, relative to the native CPU runtime on two cores.
const slowness: Partial<Record<Runtime['kind'], string>> = {
  wasm: 'WebAssembly is about 10 times slower than native TensorFlow and holds at most 4 GiB of tensors',
  cpu: 'Plain JavaScript is 100 to 1000 times slower than native TensorFlow; training is not practical on it',
};

/**
 * Says for people what was selected. A fallback that is slow, or that leaves a card unused, gets a warning, the reasons,
 * and what to do.
 *
 * @param runtime as `selectRuntime` returns it
 * @returns one line for a native runtime that uses what there is, more lines otherwise; no newline at the end
 */
export function describeRuntime(runtime: Runtime): string {
  const version = runtime.tensorflowVersion === undefined ? '' : `TensorFlow ${runtime.tensorflowVersion}, `;
  const line = `${runtime.kind}: ${version}${runtime.device}${describeKernels(runtime.fusedKernels)}`;
  const warning = slowness[runtime.kind];
  if (warning === undefined) return runtime.unusedCard === undefined ? line : `${line}\nwarning: ${runtime.unusedCard}`;
  return [
    line,
    `warning: ${warning}.`,
    ...runtime.reasons.map((reason) => `  ${reason}`),
    `To get native TensorFlow: ${installCommand()}`,
  ].join('\n');
}

function describeKernels(kernels: Runtime['fusedKernels']): string {
  if (kernels === undefined) return '';
  return kernels.available ? `, ${nameKernels(kernels)}` : `, without fused kernels (${kernels.why ?? 'not compiled'})`;
}
