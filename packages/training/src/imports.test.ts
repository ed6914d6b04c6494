import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const source = new URL('.', import.meta.url);
const files = ['config', 'networks', 'iteration']
  .flatMap((folder) => readdirSync(new URL(folder, source)).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .sort();

/** What a file imports when it runs: imports of types are gone by then. */
function imported(file: string): string[] {
  const text = readFileSync(new URL(file, source), 'utf8');
  return [...text.matchAll(/^(?:import|export) (?!type\b)[^;]*?from '([^']+)'/gm)].map(([, from]) => from!);
}

describe('networks, configuration and iteration', () => {
  it('run wherever TensorFlow.js does: they import it, what is beside them and packages that do no more', () => {
    const allowed =
      /^(\.|@tensorflow\/tfjs-core$|@stargan\/(augmentation|config|discriminator|generator|layers|losses|mapping-network|ops|optimizers|random|style-encoder)$)/;
    expect(files).toContain('iteration/iteration.ts');
    expect(files.flatMap((file) => imported(file).filter((from) => !allowed.test(from)))).toEqual([]);
  });

  it('import nothing that is above them', () => {
    const above: Readonly<Record<string, RegExp>> = {
      networks: /\/(iteration|config|files|sampling)\//,
      iteration: /\/(config|files|sampling)\//,
    };
    for (const file of files) {
      const upwards = above[file.split('/')[0]!];
      if (upwards !== undefined)
        expect(
          imported(file).filter((from) => upwards.test(from)),
          file,
        ).toEqual([]);
    }
  });
});
