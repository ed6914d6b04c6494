export {
  capture,
  CaptureError,
  type Captured,
  type CaptureOptions,
  type CaptureStatistics,
  type Executor,
  type FunctionOrder,
  whyNotCaptured,
} from './capture/index.js';
export { availableMemory } from './machine/memory.js';
export { chooseThreads, type CountedWork } from './choose-threads.js';
export { describeRuntime } from './describe-runtime.js';
export { type Diagnosis, type Finding, type RuntimeReport } from './machine/diagnosis.js';
export { type Flavour } from './install/paths.js';
export { collectGarbage } from './collect-garbage.js';
export { describeError } from './describe-error.js';
export { formatDiagnosis } from './format-diagnosis.js';
export { inspectMachine } from './inspect-machine.js';
export { cacheRoot } from './install/cache.js';
export { listCache, pruneCache, type CacheEntry } from './install/cache-contents.js';
export { InstallError } from './install/failure.js';
export { installRuntime, type Installation, type InstallOptions } from './install/install-runtime.js';
export { memoryBudget, type MemoryBudget, type PlannedRuntime } from './memory-budget.js';
export { findNvidiaCard, type NvidiaCard } from './machine/nvidia.js';
export { type Allocation, type FusedKernels, type Runtime, type RuntimeKind, runtimeKinds } from './runtime.js';
export { type Processor } from './machine/processor.js';
export { type CommandOptions, type CommandResult, type CommandRunner, type Environment } from './machine/run-command.js';
export { type ResolvedPackage } from './resolve-package.js';
export { type NativeSettings, type Precision } from './native-settings.js';
export { surviveLostOutput, type ProgramOutputs } from './survive-lost-output.js';
export { reportError, runProgram } from './run-program.js';
export { selectRuntime, type SelectRuntimeOptions } from './select-runtime.js';
export { freeBytes, type System } from './machine/system.js';
export { residentMemory, type ResidentMemory } from './resident/resident-memory.js';
