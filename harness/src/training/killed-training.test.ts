import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../../scripts/kill-test.mjs', import.meta.url));

it('a training that is killed and resumed ends with the weights and the log of one that was left alone, bit for bit', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--times', '1', '--iterations', '8', '--signals', 'SIGKILL'], {
    cwd: path.dirname(script),
  });
  expect(stdout).toMatch(/^SIGKILL: killed \d+ times .*; [1-9]\d* trainings ended, each equal to the undisturbed one bit for bit$/m);
}, 300_000);
