export { completionScript, shells, type Shell } from './completion/completion-script.js';
export { type OptionValues } from './completion/command-tree.js';
export { holds, requireFolder, requireWritable, resolveLinks } from './folders.js';
export { manual } from './manual/manual.js';
export { refuseEmpty } from './refuse-empty.js';
export { runStoppable, type StoppableOutcome } from './run-stoppable.js';
export { stopSignal, type StopSignal, type StopSurroundings } from './stop-signal.js';
export { UsageError } from './usage-error.js';
