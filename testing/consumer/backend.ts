import {
  type Allocation,
  availableMemory,
  cacheRoot,
  describeError,
  describeRuntime,
  findNvidiaCard,
  formatDiagnosis,
  InstallError,
  inspectMachine,
  installRuntime,
  listCache,
  pruneCache,
  reportError,
  residentMemory,
  runProgram,
  runtimeKinds,
  selectRuntime,
  surviveLostOutput,
  type CacheEntry,
  type CommandOptions,
  type CommandResult,
  type CommandRunner,
  type Diagnosis,
  type Environment,
  type Finding,
  type Flavour,
  type FusedKernels,
  type Installation,
  type InstallOptions,
  type NativeSettings,
  type NvidiaCard,
  type Precision,
  type Processor,
  type ProgramOutputs,
  type ResidentMemory,
  type ResolvedPackage,
  type Runtime,
  type RuntimeKind,
  type RuntimeReport,
  type SelectRuntimeOptions,
  type System,
} from '@stargan/backend';

// Every option may be given as undefined, as a program does that passes its own on.
const precision: Precision = 'float32';
const allocation: Allocation = 'pooled';
const settings: NativeSettings = { threads: undefined, precision, allocation };
const wanted: SelectRuntimeOptions = { ...settings, prefer: undefined, quiet: undefined };
const runtime: Runtime = await selectRuntime(wanted);
const kind: RuntimeKind = runtime.kind;
const kernels: FusedKernels | undefined = runtime.fusedKernels;
console.log(describeRuntime(runtime), kind, kernels?.level, kernels?.why, runtimeKinds.length);

const flavour: Flavour = 'cpu';
const options: InstallOptions = { flavour, force: undefined, portable: undefined, onProgress: undefined };
try {
  const installation: Installation = await installRuntime(options);
  console.log(installation.tensorflowVersion);
} catch (error) {
  if (error instanceof InstallError) console.log(error.remedy);
  reportError(describeError(error));
}
const diagnosis: Diagnosis = await inspectMachine();
const finding: Finding | undefined = diagnosis.findings[0];
const report: RuntimeReport | undefined = diagnosis.runtimes[0];
const processor: Processor = diagnosis.processor;
const card: NvidiaCard | undefined = await findNvidiaCard();
const entries: CacheEntry[] = [...listCache(), ...pruneCache()];
console.log(formatDiagnosis(diagnosis), finding, report, processor, card, entries, availableMemory(), cacheRoot());

const environment: Environment = { PATH: undefined };
const commandOptions: CommandOptions = { cwd: undefined, env: environment, log: undefined, timeoutMs: undefined, onOutput: undefined };
const run: CommandRunner = async (command, args, given = commandOptions): Promise<CommandResult> => ({
  status: 0,
  stdout: [command, ...args, given.cwd].join(' '),
  stderr: '',
  missing: false,
  signal: undefined,
});
const resolved: ResolvedPackage | undefined = undefined;
const bare: System = {
  platform: 'linux',
  arch: 'x64',
  env: environment,
  home: undefined,
  libc: undefined,
  run,
  freeBytes: async () => 0,
  resolve: () => resolved,
  read: () => undefined,
  exists: () => false,
};
console.log(await inspectMachine(bare));
const outputs: ProgramOutputs = { stdout: process.stdout, stderr: process.stderr, onFailure: () => undefined };
surviveLostOutput(outputs);
await runProgram(async () => 0);
const resident: ResidentMemory | undefined = residentMemory();
console.log(resident?.total, resident?.nativeFree);
