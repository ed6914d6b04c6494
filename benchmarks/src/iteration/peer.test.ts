import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPeer } from './peer.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stargan-peer-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function peerThat(...lines: string[]): Promise<string> {
  const file = join(folder, 'peer.py');
  await writeFile(file, ['import json, sys', ...lines, ''].join('\n'));
  return file;
}

const SIZES = { imageSize: 16, batch: 1, iterations: 2 };

describe('a peer', () => {
  it.each([
    ['a module is missing', 'import no_such_module', /^peer: .* needs the Python module no_such_module.*--python PATH/],
    ['it fails', "sys.exit('out of memory')", /^peer: peer.py ended with exit code 1:\nout of memory$/],
    ['no JSON comes', "print('done')", /must print one JSON object with --json, got "done"/],
    ['the time is missing', 'print(json.dumps({"seconds": 1}))', /must print the seconds of its best iteration as best_s, got seconds/],
  ])('is refused with what to do when %s', async (_, line, message) => {
    await expect(runPeer({ python: 'python3', file: await peerThat(line), ...SIZES })).rejects.toThrow(message);
  });

  it('is refused with what to do when there is no Python', async () => {
    await expect(runPeer({ python: join(folder, 'python'), file: await peerThat(), ...SIZES })).rejects.toThrow(
      /there is no program .*; install Python 3 or name one with --python PATH/,
    );
  });

  it('gives its peak of memory unless it is that of a card', async () => {
    const file = await peerThat("print(json.dumps({'best_s': 1.0, 'peak_gib': 2.0}))");
    expect(await runPeer({ python: 'python3', file, ...SIZES })).toMatchObject({ secondsBest: 1, peakResidentBytes: 2 ** 31 });
    expect(await runPeer({ python: 'python3', file, ...SIZES, device: 'cuda' })).not.toHaveProperty('peakResidentBytes');
  });
});
