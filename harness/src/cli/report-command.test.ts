import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import path from 'node:path';
import { expect, it } from 'vitest';
import { smallConfig, useTemporaryFolder } from '../testing/small-run.js';
import { runPaths, writeRunRecord } from '@stargan/run';

const folder = useTemporaryFolder(async (created) => {
  const run = path.join(created, 'run');
  await mkdir(run);
  await writeRunRecord(run, { config: smallConfig(), data: created, domains: ['cat', 'dog'] });
  await writeFile(runPaths(run).log, '{"iteration": 1, "D/latent_total": 1}\n{"iteration": 2, "D/latent_total": 2}\n');
});

const command = path.join(import.meta.dirname, '..', '..', 'bin', 'stargan.js');

const read = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });

it('serves the report of a run until Ctrl-C, and writes nothing', async () => {
  const run = path.join(folder(), 'run');
  const served = spawn(process.execPath, [command, 'report', '--run', run, '--watch', '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => served.on('exit', resolve));
  const line = await new Promise<string>((resolve) => served.stdout.setEncoding('utf8').once('data', resolve));
  const { url } = JSON.parse(line) as { url: string };
  expect(await read(url)).toContain('<title>StarGAN v2: cat · dog</title>');
  expect(JSON.parse(await read(`${url}content`))).toMatchObject({ title: 'StarGAN v2: cat · dog' });
  served.kill('SIGINT');
  expect(await ended).toBe(130);
  await expect(read(url)).rejects.toThrow('ECONNREFUSED');
});
