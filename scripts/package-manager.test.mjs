import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { unusableForTests } from './clone-path.mjs';
import { installWith, reasonOf, underLock } from './package-manager.mjs';

/** Runs installWith against an npx that answers one thing after another. */
async function install(...answers) {
  const calls = [];
  const result = await installWith({
    packageManager: 'pnpm@1.2.3',
    root: '/clone',
    npx: (args, env) => {
      calls.push([args.at(-1), env.npm_config_cache]);
      const answer = answers.shift() ?? {};
      return Promise.resolve({ code: 0, said: '', ...answer });
    },
    locked: (action) => action(),
  });
  return { ...result, calls };
}

test('pnpm is fetched first, then installs', async () => {
  expect(await install()).toEqual({
    code: 0,
    why: '',
    calls: [
      ['--version', undefined],
      ['--frozen-lockfile', undefined],
    ],
  });
});

test('where npx does not bring pnpm, as after a race with another start, it is fetched once more into a folder of its own', async () => {
  const own = join('/clone', 'node_modules', '.cache', 'npm');
  const { code, calls } = await install({ code: 127, said: 'sh: 1: pnpm: not found' });
  expect(code).toBe(0);
  expect(calls).toEqual([
    ['--version', undefined],
    ['--version', own],
    ['--frozen-lockfile', own],
  ]);
  expect(await install({ code: 217 }, { code: 217, said: 'npm error ENOTFOUND' })).toMatchObject({
    code: 217,
    why: expect.stringContaining('offline'),
  });
});

test.each([
  ['npm error code EACCES\nnpm error path /root/.npm', /may not write where npm or pnpm keep their files/],
  ['tar: write error: No space left on device', /disk is full/],
  ['ERR_PNPM_ENOSPC  ENOSPC: no space left on device', /disk is full/],
  ["npm error EROFS: read-only file system, mkdir '/home/u/.npm'", /read-only/],
  ['npm error code ENOTFOUND\nnpm error network request failed', /offline\?/],
  ['ERR_PNPM_OUTDATED_LOCKFILE', /do not fit together/],
  ['request failed, reason: unable to verify, code UNABLE_TO_VERIFY_LEAF_SIGNATURE', /certificate.*NODE_EXTRA_CA_CERTS/],
  ['something else', /the reason stands above/],
])('a failed installation is told by what was printed: %s', async (said, why) => {
  const failure = await install({}, { code: 1, said });
  expect(failure).toMatchObject({ code: 1, why: expect.stringMatching(why) });
  if (!/ENOTFOUND/.test(said)) expect(reasonOf(said, 'pnpm')).not.toContain('offline');
});

function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('of two at once the second waits for the first', async () => {
  const folder = temporaryFolder();
  const events = [];
  const act = (name) => () =>
    new Promise((done) => {
      events.push(`${name} begins`);
      setTimeout(() => {
        events.push(`${name} ends`);
        done(name);
      }, 30);
    });
  const first = underLock(act('first'), { folder });
  expect(await Promise.all([first, underLock(act('second'), { folder })])).toEqual(['first', 'second']);
  expect(events).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});

test('a lock whose owner was killed is free, and one is given back after a failure', async () => {
  const folder = temporaryFolder();
  const lock = join(folder, 'npx.lock');
  writeFileSync(lock, '999999999');
  await expect(underLock(() => Promise.reject(new Error('failed')), { folder })).rejects.toThrow('failed');
  expect(existsSync(lock)).toBe(false);
});

test('without a place for a lock, and when another holds it for too long, the work is done all the same', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  expect(await underLock(() => Promise.resolve('done'), { folder: join(folder, 'file', 'x') })).toBe('done');
  mkdirSync(join(folder, 'held'));
  writeFileSync(join(folder, 'held', 'npx.lock'), String(process.pid));
  expect(await underLock(() => Promise.resolve('done'), { folder: join(folder, 'held'), patience: 1 })).toBe('done');
  expect(existsSync(join(folder, 'held', 'npx.lock'))).toBe(true);
});

test.each(['/tmp/a#b', '/tmp/50%', '/tmp/a%20b', '/tmp/why?'])('the tests refuse %s by name', (folder) => {
  expect(unusableForTests(folder)).toContain(folder);
});

test.each(["/tmp/[x] ' & : , ( ) + $ { } * ! @ ~", '/tmp/Привет é', '/tmp/a b'])('the tests run in %s', (folder) => {
  expect(unusableForTests(folder)).toBeUndefined();
});
