export { holds, requireFolder, requireWritable, resolveLinks } from './folders.js';
export { refuseEmpty } from './refuse-empty.js';
export { runStoppable, type StoppableOutcome } from './run-stoppable.js';
export { stopSignal, type StopSignal, type StopSurroundings } from './stop-signal.js';
export { UsageError } from './usage-error.js';
