import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { engine, getBackend, getKernel, memory } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../testing/parse-config.js';
import { countWork, type WorkCount } from '@stargan/profiling';
import { planTraining } from './plan-training.js';
import { trainingWorkload } from './training-workload.js';

// In a process of its own: it compares the bytes of all tensors that there are.

const SMALL = { imageSize: 32, widthBudget: 256, maxWidth: 16, styleDim: 8, latentDim: 4, hiddenDim: 16, batch: 2 };

const nativeKernels = getBackend() !== 'tensorflow' ? undefined : getKernel('StarganAdam', 'tensorflow') != null ? 'fused' : 'composed';

/** The second iteration of a run; the first finds averages that still share the weights' memory. */
function second(values: object, domains: number): WorkCount<unknown> {
  const workload = trainingWorkload(parseConfig({ ...SMALL, ...values }), { domains });
  try {
    workload.iterate();
    return countWork(() => workload.iterate());
  } finally {
    workload.dispose();
  }
}

describe('a plan of training', () => {
  it.each([
    [{}, 2],
    [{}, 3],
    [{ batch: 1 }, 2],
    [{ batch: 5 }, 2],
    [{ imageSize: 16, batch: 3 }, 1],
    [{ highPass: 1 }, 2],
    [{ convolution: 'composed' }, 2],
    // Peaks elsewhere: where the optimiser has old and new weights of wide layers.
    [{ imageSize: 16, widthBudget: 1024, maxWidth: 128, hiddenDim: 64 }, 2],
  ])('has the peak of tensor bytes that the native runtime has, to the byte: %j, %i domains', (values, domains) => {
    const plan = planTraining(parseConfig({ ...SMALL, ...values }), { domains, kernels: nativeKernels });
    if (nativeKernels === undefined) {
      // Other runtimes compose differently; there the plan still says what the native one will take.
      expect(plan.peakTensorBytes).toBeGreaterThan(plan.peakBufferBytes);
      return;
    }
    expect(plan.peakTensorBytes).toBe(second(values, domains).peakTensorBytes);
  });

  it('is exact for a runtime without kernels of our own too', (context) => {
    if (nativeKernels === undefined) return context.skip('another runtime than the native one is in use');
    const program = `
      import { selectRuntime } from '@stargan/backend';
      import { planTraining, trainingWorkload } from './dist/planning/index.js';
      import { countWork } from '@stargan/profiling';
      await selectRuntime({ quiet: true });
      const config = ${JSON.stringify(parseConfig(SMALL))};
      const workload = trainingWorkload(config);
      workload.iterate();
      const { peakTensorBytes } = countWork(() => workload.iterate());
      console.log(JSON.stringify([peakTensorBytes, planTraining(config, { kernels: 'composed' }).peakTensorBytes]));
    `;
    const [counted, planned] = JSON.parse(inNewProcess(program, { STARGAN_NATIVE_KERNELS: '0' })) as [number, number];
    expect(planned).toBe(counted);
  });

  it('needs no runtime: memory is the same where none is loaded', () => {
    const program = `
      import { planTraining } from './dist/planning/index.js';
      console.log(JSON.stringify(planTraining(${JSON.stringify(parseConfig(SMALL))})));
    `;
    const { peakBufferBytes, stateBytes } = planTraining(parseConfig(SMALL));
    expect(JSON.parse(inNewProcess(program))).toMatchObject({ peakBufferBytes, stateBytes });
  });

  it('has the weights, moments and averages in it', () => {
    const config = parseConfig(SMALL);
    const { stateBytes, peakBufferBytes } = planTraining(config);
    const before = memory().numBytes;
    const workload = trainingWorkload(config);
    const batchBytes = 4 * (3 * 2 * 32 * 32 * 3 + 2 * 2 * 4 + 2 * 2);
    expect(stateBytes.weights + stateBytes.moments + stateBytes.averages).toBe(memory().numBytes - before - batchBytes);
    expect(peakBufferBytes).toBeGreaterThan(memory().numBytes - before);
    workload.dispose();
  });

  it('counts shared memory once, and never more than the tensors in it; a larger batch takes more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('fused' as const, 'composed' as const),
        (batch, domains, kernels) => {
          const plan = (images: number) => planTraining(parseConfig({ ...SMALL, imageSize: 16, batch: images }), { domains, kernels });
          const smaller = plan(batch);
          expect(smaller.peakBufferBytes).toBeLessThanOrEqual(smaller.peakTensorBytes);
          expect(plan(batch + 1).peakBufferBytes).toBeGreaterThan(smaller.peakBufferBytes);
          expect(plan(batch)).toEqual(smaller);
        },
      ),
      { numRuns: 6 },
    );
  });

  it('takes no memory where it is made, also for a batch of more than 100 GiB', () => {
    const { numTensors, numBytes } = memory();
    const resident = process.memoryUsage.rss();
    const { peakBufferBytes } = planTraining(parseConfig({ imageSize: 512, batch: 160 }));
    expect(peakBufferBytes).toBeGreaterThan(100 * 2 ** 30);
    expect(process.memoryUsage.rss() - resident).toBeLessThan(2 * 2 ** 30);
    expect(memory()).toMatchObject({ numTensors, numBytes });
    expect(engine().backendNames()).not.toContain('plan');
  });

  // The reference implementation's iteration, counted by hand: TFLOP of its convolutions.
  it.each([
    { imageSize: 64, batch: 4, reference: 5.83, most: 0.19 },
    { imageSize: 128, batch: 4, reference: 8.74, most: 0.19 },
    { imageSize: 256, batch: 8, reference: 23.31, most: 0.19 },
  ])("takes less than a fifth of the reference's arithmetic at $imageSize×$imageSize", ({ imageSize, batch, reference, most }) => {
    expect(planTraining(parseConfig({ imageSize, batch })).flops / (reference * 1e12)).toBeLessThan(most);
  });

  it.each([
    { imageSize: 64, batch: 4, reference: 5.83, most: 0.58 },
    { imageSize: 256, batch: 8, reference: 23.31, most: 0.56 },
  ])('takes $most of it at $imageSize×$imageSize where there are no kernels of our own', ({ imageSize, batch, reference, most }) => {
    expect(planTraining(parseConfig({ imageSize, batch }), { kernels: 'composed' }).flops / (reference * 1e12)).toBeLessThan(most);
  });

  it('has the arithmetic that the native runtime has', () => {
    // Wide enough for minimal filtering.
    const wide = { ...SMALL, widthBudget: 1024, maxWidth: 64, batch: 4 };
    const { flops } = planTraining(parseConfig(wide), { kernels: nativeKernels });
    if (nativeKernels !== undefined) expect(flops).toBe(second(wide, 2).flops);
    expect(flops).toBeGreaterThan(0);
  });

  it('refuses a number of domains that is none', () => {
    expect(() => planTraining(parseConfig(SMALL), { domains: 0 })).toThrow('domains must be a whole number ≥ 1, got 0');
  });
});

function inNewProcess(program: string, env: Readonly<Record<string, string>> = {}): string {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  return execFileSync(process.execPath, ['--input-type=module'], {
    input: program,
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}
