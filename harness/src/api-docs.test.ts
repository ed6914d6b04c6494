import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

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

let repository: string;
const page = (): string => readFileSync(path.join(repository, 'docs', 'api', 'made-up.md'), 'utf8');
const writeSource = (text: string): void => writeFileSync(path.join(repository, 'packages', 'made-up', 'src', 'index.ts'), text);

/** A repository with one package, @stargan/made-up. */
beforeEach(() => {
  repository = mkdtempSync(path.join(tmpdir(), 'stargan-api-docs-'));
  const folder = path.join(repository, 'packages', 'made-up');
  mkdirSync(path.join(folder, 'src'), { recursive: true });
  copyFileSync(path.join(root, 'tsconfig.base.json'), path.join(repository, 'tsconfig.base.json'));
  const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: '@stargan/made-up', description: 'Nothing real', type: 'module', exports }),
  );
  writeSource(SOURCE);
});

afterEach(() => rmSync(repository, { recursive: true, force: true }));

function apiDocs(...args: string[]): { status: number | null; errors: string } {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'scripts', 'api-docs.mjs'), '--root', repository, ...args], {
    encoding: 'utf8',
  });
  return { status, errors: stderr };
}

describe('api-docs', () => {
  it('writes a page from the doc comments, and then finds it up to date', () => {
    expect(apiDocs()).toEqual({ status: 0, errors: '' });
    expect(page()).toContain('half(x: number, options?: HalfOptions): number');
    expect(page()).toContain('| `x` | `number` | any number \\| of any sign |');
    expect(page()).toContain('| `options` | [`HalfOptions`](#interface-halfoptions) | Default `{}`. |');
    expect(page()).toContain('Options of [`half`](#half).');
    expect(page()).toContain('**Throws** when x is not finite');
    expect(page()).toContain('[packages/made-up/src/index.ts](../../packages/made-up/src/index.ts)');
    const before = page();
    expect(apiDocs('--check')).toEqual({ status: 0, errors: '' });
    apiDocs();
    expect(page()).toBe(before);
  });

  it('refuses exports and members without a doc comment, and names them with their file', () => {
    writeSource('export interface Third {\n  readonly of: number;\n}\n\nexport const third = (x: number): Third => ({ of: x });\n');
    const { status, errors } = apiDocs();
    expect(status).toBe(1);
    expect(errors.trim().split('\n')).toEqual(
      ['Third', 'Third.of', 'third'].map(
        (name) => `@stargan/made-up: ${name} has no doc comment; write one in packages/made-up/src/index.ts`,
      ),
    );
  });

  it('refuses pages that are missing, out of date or of no package, without touching them', () => {
    expect(apiDocs('--check').errors).toContain('docs/api/made-up.md is missing; run `pnpm docs:api`');
    apiDocs();
    const before = page();
    writeSource(SOURCE.replace('Half of a number', 'A half'));
    writeFileSync(path.join(repository, 'docs', 'api', 'gone.md'), '');
    const { status, errors } = apiDocs('--check');
    expect(status).toBe(1);
    expect(errors).toContain('docs/api/made-up.md is not what the doc comments say; run `pnpm docs:api`');
    expect(errors).toContain("docs/api/gone.md is no package's page; run `pnpm docs:api`");
    expect(page()).toBe(before);
  });

  it('refuses an option that it does not know', () => {
    expect(apiDocs('--chek')).toMatchObject({ status: 2 });
  });
});
