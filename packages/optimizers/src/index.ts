export { adam, type Adam, type AdamOptions, type AdamUpdate } from './adam.js';
export { adamStateFromTensors, adamStateToTensors, type AdamState, type NamedAdamState } from './adam-state.js';
export { exponentialMovingAverage } from './ema.js';
export { type Layout, type Named, type Parameters, type Updated } from './parameters.js';
export { linearDecay } from './schedules.js';
