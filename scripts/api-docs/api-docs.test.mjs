import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../run.mjs';
import { apiDocs } from './api-docs.mjs';

const SOURCE = `/** Options of {@link half}. */
export interface HalfOptions {
  /** Largest result, default 10. */
  readonly cap?: number;
}

/**
 * Half of a number.
 *
 * @param x any number | of any sign
 * @throws when x is not finite
 */
export function half(x: number, options: HalfOptions = {}): number {
  return Math.min(x / 2, options.cap ?? 10);
}
`;

let repository;
const page = () => readFileSync(join(repository, 'docs', 'api', 'made-up.md'), 'utf8');
const writeSource = (text) => writeFileSync(join(repository, 'packages', 'made-up', 'src', 'index.ts'), text);
const faultsOf = async (options) => (await apiDocs(repository, options)).faults;

/** A repository with one package, @stargan/made-up. */
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'stargan-api-docs-'));
  const folder = join(repository, 'packages', 'made-up');
  mkdirSync(join(folder, 'src'), { recursive: true });
  copyFileSync(join(root, 'tsconfig.base.json'), join(repository, 'tsconfig.base.json'));
  writeFileSync(join(repository, 'pnpm-workspace.yaml'), 'packages:\n  - packages/*\n');
  const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: '@stargan/made-up', description: 'Nothing real', type: 'module', exports }),
  );
  writeSource(SOURCE);
});

afterEach(() => rmSync(repository, { recursive: true, force: true }));

describe('api-docs', () => {
  it('writes a page from the doc comments, and then finds it up to date', async () => {
    expect(await faultsOf()).toEqual([]);
    expect(page()).toContain('Nothing real');
    expect(page()).toContain('function half(x: number, options?: HalfOptions): number');
    expect(page()).toContain('| `x` | `number` | any number \\| of any sign |');
    expect(page()).toContain('| `options?` | [`HalfOptions`](#halfoptions) | - |');
    expect(page()).toContain('Options of [half](#half).');
    expect(page()).toContain('Throws\n\nwhen x is not finite');
    expect(page()).toContain('[packages/made-up/src/index.ts](../../packages/made-up/src/index.ts)');
    const before = page();
    expect(await faultsOf({ check: true })).toEqual([]);
    await apiDocs(repository);
    expect(page()).toBe(before);
  });

  it('refuses exports, members and parameters without a doc comment, and names them with their file', async () => {
    writeSource('export interface Third {\n  readonly of: number;\n}\n\nexport const third = (x: number): Third => ({ of: x });\n');
    const faults = await faultsOf();
    expect(faults).toHaveLength(4);
    const undocumented = 'defined in @stargan/made-up/src/index.ts, does not have any documentation';
    expect(faults).toContain(`@stargan/made-up.Third (Interface), ${undocumented}`);
    expect(faults).toContain(`@stargan/made-up.Third.of (Property), ${undocumented}`);
    expect(faults).toContain(`@stargan/made-up.third (CallSignature), ${undocumented}`);
    expect(faults).toContain(
      '@stargan/made-up.third, defined in packages/made-up/src/index.ts, has a parameter without a doc comment: x; write an @param',
    );
  });

  it('asks for no parameters of callbacks, whose type has the comment', async () => {
    writeSource('/** Told of progress. */\nexport type OnProgress = (done: number) => void;\n');
    expect(await faultsOf()).toEqual([]);
  });

  it('takes the description of plain data for the comment of its properties, and of those whose types come of it', async () => {
    const field = "{ default: 8, description: 'Height and width.' }";
    const data = (value) =>
      `/** Data. */\nexport const fields = { size: ${value} } as const;\n\n/** Values of {@link fields}. */\n` +
      'export interface Config extends Sizes {}\ntype Sizes = { -readonly [Key in keyof typeof fields]: number };\n';
    writeSource(data(field));
    expect(await faultsOf()).toEqual([]);
    expect(page()).toContain('`size` | `number` | Height and width. |');
    writeSource(data('{ default: 8 }'));
    expect(await faultsOf()).toEqual([expect.stringContaining('@stargan/made-up.Config.size (Property)')]);
  });

  it('refuses links to what is not exported', async () => {
    writeSource(`${SOURCE}\n/** Not {@link gone}. */\nexport const quarter = 4;\n`);
    expect(await faultsOf()).toEqual([expect.stringContaining('gone')]);
  });

  it('refuses pages that are missing, out of date or of no package, without touching them', async () => {
    expect(await faultsOf({ check: true })).toContain('docs/api/made-up.md is missing; run `pnpm docs:api` and commit what it writes');
    await apiDocs(repository);
    const before = page();
    writeSource(SOURCE.replace('Half of a number', 'A half'));
    writeFileSync(join(repository, 'docs', 'api', 'gone.md'), '');
    const faults = await faultsOf({ check: true });
    expect(faults).toContain('docs/api/made-up.md is not what the doc comments say; run `pnpm docs:api` and commit what it writes');
    expect(faults).toContain("docs/api/gone.md is no package's page; run `pnpm docs:api` and commit what it writes");
    expect(page()).toBe(before);
  });
});
