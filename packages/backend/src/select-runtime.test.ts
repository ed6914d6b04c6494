import { expect, test, vi } from 'vitest';
import { installCommand } from './install-command.js';
import { selectFrom, type Loaders } from './select-runtime.js';
import { runtimeKinds, type RuntimeKind } from './runtime.js';
import type { Allocation } from './runtime.js';
import { fakeSystem } from './testing/fake-system.js';

function only(...kinds: RuntimeKind[]): Loaders {
  const load = (kind: RuntimeKind) => () =>
    Promise.resolve(kinds.includes(kind) ? { kind, backendName: kind, device: 'somewhere' } : { refusal: `${kind} is absent` });
  return { 'native-gpu': load('native-gpu'), 'native-cpu': load('native-cpu'), wasm: load('wasm'), cpu: load('cpu') };
}

test.each(runtimeKinds)('%s is taken when it is the best there is, with a reason for each better one', async (kind) => {
  const rank = runtimeKinds.indexOf(kind);
  const runtime = await selectFrom(only(...runtimeKinds.slice(rank)), fakeSystem(), { quiet: true });
  expect(runtime.kind).toBe(kind);
  expect(runtime.reasons).toEqual(runtimeKinds.slice(0, rank).map((better) => `${better}: ${better} is absent`));
});

test('a preferred runtime is taken though a better one is there', async () => {
  expect((await selectFrom(only(...runtimeKinds), fakeSystem(), { prefer: 'wasm' })).kind).toBe('wasm');
});

test('STARGAN_BACKEND goes before the option', async () => {
  const system = fakeSystem({ env: { STARGAN_BACKEND: 'cpu' } });
  expect((await selectFrom(only(...runtimeKinds), system, { prefer: 'wasm' })).kind).toBe('cpu');
});

test('a preferred runtime that is not available is an error, not a fallback', async () => {
  await expect(selectFrom(only('cpu'), fakeSystem(), { prefer: 'native-gpu' })).rejects.toThrow(
    'prefer=native-gpu asks for a runtime that is not available\n  native-gpu: native-gpu is absent',
  );
});

test('an unknown name lists the known ones', async () => {
  const system = fakeSystem({ env: { STARGAN_BACKEND: 'webgl' } });
  await expect(selectFrom(only('cpu'), system)).rejects.toThrow(
    'STARGAN_BACKEND must be one of native-gpu, native-cpu, wasm, cpu, got webgl',
  );
});

test('no runtime at all is an error with every reason', async () => {
  await expect(selectFrom(only(), fakeSystem())).rejects.toThrow(/native-gpu.*\n.*native-cpu.*\n.*wasm.*\n.*cpu/);
});

test('precision is float32 unless the option or, before it, the environment says otherwise', async () => {
  const asked = async (env: Record<string, string>, precision?: 'float32' | 'reduced'): Promise<unknown> => {
    const loader = vi.fn(() => Promise.resolve({ kind: 'cpu' as const, backendName: 'cpu', device: 'somewhere' }));
    await selectFrom({ ...only(), cpu: loader }, fakeSystem({ env }), { prefer: 'cpu', precision });
    return loader.mock.calls[0];
  };
  expect(await asked({})).toMatchObject([{}, { precision: 'float32' }]);
  expect(await asked({}, 'reduced')).toMatchObject([{}, { precision: 'reduced' }]);
  expect(await asked({ STARGAN_PRECISION: 'float32' }, 'reduced')).toMatchObject([{}, { precision: 'float32' }]);
  await expect(asked({ STARGAN_PRECISION: 'half' })).rejects.toThrow('STARGAN_PRECISION must be one of float32, reduced, got half');
});

test('tensors lie in a pool of pages unless the option or, before it, the environment says otherwise', async () => {
  const asked = async (env: Record<string, string>, allocation?: Allocation): Promise<unknown> => {
    const loader = vi.fn(() => Promise.resolve({ kind: 'cpu' as const, backendName: 'cpu', device: 'somewhere' }));
    await selectFrom({ ...only(), cpu: loader }, fakeSystem({ env }), { prefer: 'cpu', allocation });
    return loader.mock.calls[0];
  };
  expect(await asked({})).toMatchObject([{}, { allocation: 'paged' }]);
  expect(await asked({}, 'pooled')).toMatchObject([{}, { allocation: 'pooled' }]);
  expect(await asked({ STARGAN_ALLOCATION: 'pooled' }, 'paged')).toMatchObject([{}, { allocation: 'pooled' }]);
  await expect(asked({ STARGAN_ALLOCATION: 'lean' })).rejects.toThrow('STARGAN_ALLOCATION must be one of paged, pooled, got lean');
  await expect(asked({}, '' as Allocation)).rejects.toThrow('allocation must be one of paged, pooled, got ');
  await expect(asked({}, 'lean' as Allocation)).rejects.toThrow('allocation must be one of paged, pooled, got lean');
});

test.each([0, -1, 1.5, NaN])('%s threads are refused', async (threads) => {
  await expect(selectFrom(only('cpu'), fakeSystem(), { threads })).rejects.toThrow('threads must be a positive integer');
});

test('a slow fallback warns unless it is told to be quiet or was asked for', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  await selectFrom(only('cpu'), fakeSystem(), { quiet: true });
  await selectFrom(only(...runtimeKinds), fakeSystem());
  await selectFrom(only('cpu'), fakeSystem(), { prefer: 'cpu' });
  expect(warn).not.toHaveBeenCalled();
  await selectFrom(only('cpu'), fakeSystem());
  expect(warn).toHaveBeenCalledWith(expect.stringContaining(installCommand()));
  warn.mockRestore();
});

test('a card that is there and not used is worth a warning on the processor, unless the processor was asked for', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const loaders: Loaders = {
    ...only('native-cpu'),
    'native-gpu': () => Promise.resolve({ refusal: 'its addon was not built', card: 'NVIDIA A' }),
  };
  expect(await selectFrom(loaders, fakeSystem(), { prefer: 'native-cpu' })).not.toHaveProperty('unusedCard');
  expect(await selectFrom(only('native-cpu'), fakeSystem())).not.toHaveProperty('unusedCard');
  expect(warn).not.toHaveBeenCalled();
  expect(await selectFrom(loaders, fakeSystem())).toMatchObject({
    kind: 'native-cpu',
    unusedCard: 'NVIDIA A is not used. its addon was not built',
  });
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('NVIDIA A is not used'));
  warn.mockRestore();
});
