import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../safetensors-reader.js';
import { valuesOf } from '../testing/arbitraries.js';
import { readPyTorchTensors } from './open-pytorch-file.js';

// Files that PyTorch wrote are not part of the repository.
const goldens = fileURLToPath(new URL('../../../../../shared/goldens/', import.meta.url));
const built = new URL('../../dist/index.js', import.meta.url).href;

describe.skipIf(!existsSync(goldens))('files that PyTorch wrote', () => {
  test.each([
    ['000003_nets_ema', 'checkpoint-nets-ema', ''],
    ['000003_nets_ema_legacy', 'checkpoint-nets-ema', ''],
    ['000003_nets_ema_module_prefix', 'checkpoint-nets-ema', ''],
    ['views', 'checkpoint-views', 'views.'],
    ['views_legacy', 'checkpoint-views', 'views.'],
  ])('%s holds what it was given', async (name, expected, prefix) => {
    const tensors = await readPyTorchTensors(`${goldens}checkpoints/${name}.ckpt`, { stripPrefix: 'module.', narrowDoubles: true });
    const wanted = Object.entries((await readSafetensors(`${goldens}${expected}.safetensors`)).tensors).filter(
      ([key]) => !key.startsWith('forward.'),
    );
    expect(wanted.length).toBeGreaterThan(7);
    for (const [key, tensor] of wanted) {
      expect(valuesOf(tensors[prefix + key]).map(Number)).toEqual(valuesOf(tensor));
      expect(tensors[prefix + key]?.shape).toEqual(tensor.shape);
    }
  });

  test('hostile ones are refused by name, and nothing of them is run', async () => {
    const { cases } = JSON.parse(await readFile(`${goldens}manifest.json`, 'utf8')) as {
      cases: { id: string; config: { refuse: Record<string, string[]>; text_that_must_not_appear: string } }[];
    };
    const { refuse, text_that_must_not_appear: forbidden } = cases.find(({ id }) => id === 'checkpoint-bad')!.config;
    const files = Object.values(refuse).flat();
    // In a process of its own, whose children's output would be seen.
    const program = `import { readPyTorchFile } from ${JSON.stringify(built)};
      for (const path of process.argv.slice(1)) await readPyTorchFile(path).then(() => console.log('read', path), ({ message }) => console.log(message));`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      program,
      ...files.map((name) => `${goldens}checkpoints/${name}`),
    ]);
    expect(stdout + stderr).not.toContain(forbidden);
    const lines = stdout.trim().split('\n');
    expect(lines.length).toBe(files.length);
    lines.forEach((line, i) => {
      expect(line).toMatch(new RegExp(`^readPyTorchFile: .*${files[i]!}: `));
    });
    for (const name of refuse.hostile!) expect(lines[files.indexOf(name)]).toMatch(/it names \S+, which .*; nothing was run/);
  });
});
