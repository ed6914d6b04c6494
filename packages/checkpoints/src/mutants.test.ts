import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { readPyTorchFile } from './pytorch/open-pytorch-file.js';
import { writePyTorchFile } from './pytorch/write-pytorch-file.js';
import { readSafetensors } from './safetensors-reader.js';
import { writeSafetensors, type TensorSource } from './safetensors-writer.js';
import { useFolder } from './testing/folders.js';
import { mutant, randomNumbers, withoutSums } from './testing/mutants.js';
import { call, dict, FALSE, int, legacyFile, list, name, pickle, storage, tensor, text, tuple } from './testing/raw-pickle.js';

const path = useFolder();
const MUTANTS = 250;
const F32: TensorSource = { dtype: 'F32', shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) };

/** A pickle with some of everything that files have. */
const rich = pickle(
  dict(
    text('w'),
    tensor(storage('FloatStorage', '0', 6), 0, [2, 3], [3, 1]),
    text('p'),
    call(
      name('torch._utils', '_rebuild_parameter'),
      tensor(storage('FloatStorage', '0', 6), 1, [2], [2]),
      FALSE,
      call(name('collections', 'OrderedDict')),
    ),
    text('options'),
    call(name('argparse', 'Namespace')).concat(dict(text('lr'), int(1)), [0x62]),
    text('counts'),
    call(name('collections', 'Counter'), dict(int(3), int(1))),
    tuple(int(1), text('k')),
    list(call(name('_codecs', 'encode'), text('x'), text('latin1'))),
  ),
);

const files: Record<string, Uint8Array> = {};
beforeAll(async () => {
  await writeSafetensors(
    path('a'),
    { w: F32, 'b.c': { dtype: 'BOOL', shape: [2], data: Uint8Array.of(0, 1) } },
    { note: 'a "quoted" text' },
  );
  files.safetensors = await readFile(path('a'));
  await writePyTorchFile(path('a'), { net: { w: F32, more: [1, 'x', null, 2.5, Uint8Array.of(7)] } });
  files.zip = await readFile(path('a'));
  files.unchecked = withoutSums(files.zip);
  files.legacy = legacyFile(rich, [['0', 6, new Uint8Array(24)]]);
});

describe('changed bytes give an error that names the file, or values', () => {
  test.each([
    ['safetensors', readSafetensors],
    ['zip', readPyTorchFile],
    ['unchecked', readPyTorchFile],
    ['legacy', readPyTorchFile],
  ] as const)('%s', async (kind, read) => {
    const random = randomNumbers(kind.length);
    for (let i = 0; i < MUTANTS; i++) {
      await writeFile(path('mutant'), mutant(files[kind]!, random));
      const outcome: unknown = await read(path('mutant')).catch((error: unknown) => error);
      if (!(outcome instanceof Error)) continue;
      expect(outcome.message, `mutant ${String(i)}`).toMatch(/^(openSafetensors|readPyTorchFile): .*mutant: ./);
      expect(outcome.message, `mutant ${String(i)}`).not.toMatch(/undefined|is not a function|Cannot read|Invalid array|out of range/);
    }
  });
});
