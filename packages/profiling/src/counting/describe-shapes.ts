import type { Shape } from '@stargan/ops/fused';
import type { KernelLaunch } from './flops.js';

const joined = (shape: Shape): string => (shape.length === 0 ? 'scalar' : shape.join('×'));

/**
 * `x 4×64×64×256, filter 3×3×256×256 → 4×64×64×256`: the input shapes of a launch by role, and the output's. Long
 * input lists, such as all parameters of a network in one launch, are only counted.
 */
export function describeShapes({ inputs, output }: KernelLaunch): string {
  const named = Object.entries(inputs).filter(([role]) => role !== 'sizes');
  const described =
    named.length > 4
      ? `${named.length} inputs`
      : named.map(([role, shape]) => `${/^\d+$/.test(role) ? '' : `${role} `}${joined(shape)}`).join(', ');
  return `${described} → ${joined(output)}`;
}
