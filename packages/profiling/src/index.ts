export { countWork, type CountWorkOptions, type KernelCount, type WorkCount } from './counting/count-work.js';
export type { Shape } from '@stargan/ops/fused';
export { flopsOf, registerFlopFormula, type FlopFormula, type KernelLaunch } from './counting/flops.js';
export { profileWork, type KernelTime, type ProfileWorkOptions, type WorkProfile } from './counting/profile-work.js';
export type { PlannedBackend } from './memory/plan-backend.js';
export { planMemory, type PlanMemoryOptions, type PlannedMemory } from './memory/plan-memory.js';
export type { KernelInputs, KernelOutputs, ShapeRule } from './memory/shape-rule.js';
export { registerShapeRule } from './memory/shape-rules/index.js';
