import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { findCompiler } from '../machine/compiler.js';
import { instructionLevels, processorLevels } from '../machine/instruction-levels.js';
import { thisSystem } from '../machine/system.js';
import { resolvePackage } from '../resolve-package.js';
import { compileModule } from './compile.js';
import { targetFlags } from './kernel-targets.js';
import { kernelFlags } from './kernels-stamp.js';
import { readValidStamp } from './placed-addon.js';
import { tryKernels } from './try-kernels.js';

const native = fileURLToPath(new URL('../../native', import.meta.url));
const system = thisSystem();
const compiler = await findCompiler(system);
// Code for a level that this processor lacks would end the process.
const levels = processorLevels(system);

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-levels-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Prints how wide the vectors of the kernels are, after a sum of two. */
const program = `
  #include <cstdio>
  #include "simd.h"
  int main() {
    float sums[stargan::kLanes];
    const stargan::Vector two = stargan::broadcast(2);
    stargan::store(sums, stargan::multiplyAdd(two, two, two));
    std::printf("%d lanes, %g", stargan::kLanes, sums[stargan::kLanes - 1]);
  }
`;

test('what is compiled of one source for a level has vectors of its width, and runs where the processor has it', async (context) => {
  if (compiler === undefined || system.arch !== 'x64') return context.skip('there is no compiler or no x64 processor');
  const folder = temporaryFolder();
  const source = join(folder, 'lanes.cc');
  writeFileSync(source, program);
  const lanes = { 'x86-64-v4': 16, 'x86-64-v3': 8, 'x86-64-v2': 4 };
  for (const level of instructionLevels) {
    const file = join(folder, level);
    const flags = [...kernelFlags.filter((flag) => flag !== '-shared'), ...targetFlags(level), `-I${native}`];
    const made = await system.run(compiler.command, [...compiler.args, ...flags, source, '-o', file]);
    if (/bad value|unknown target/.test(made.stderr)) return context.skip(`${compiler.version} does not know the levels`);
    expect(made).toMatchObject({ status: 0, stderr: '' });
    if (levels.includes(level)) expect((await system.run(file, [])).stdout).toBe(`${String(lanes[level])} lanes, 6`);
  }
});

// All kernels take 14 seconds of a processor; `stargan-backend install --portable` compiles and verifies those for every level.
test('kernels for the narrowest level compute what they should', { timeout: 300_000 }, async (context) => {
  const target = resolvePackage('@tensorflow/tfjs-node');
  const library = target === undefined ? undefined : readValidStamp(target, system)?.library?.folder;
  const level = levels.at(-1);
  if (compiler === undefined || target === undefined || library === undefined || level === undefined)
    return context.skip('there is no compiler, no native runtime or no x64 processor');
  const folder = temporaryFolder();
  const output = join(folder, 'kernels.node');
  const sources = ['module.cc', 'elementwise.cc'].map((file) => join(native, file));
  const setting = { system, cache: folder, log: join(folder, 'log'), onProgress: () => undefined };
  const failed = await compileModule({ sources, flags: [...kernelFlags, ...targetFlags(level)], library, output }, compiler, setting);
  if (/bad value|unknown target/.test(failed?.failure ?? '')) return context.skip(`${compiler.version} does not know the levels`);
  expect(failed).toBeUndefined();
  expect(await tryKernels(target, output, system)).toBeUndefined();
});
