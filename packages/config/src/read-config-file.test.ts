import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { readConfigFile } from './read-config-file.js';

const folder = mkdtempSync(path.join(tmpdir(), 'stargan-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function write(content: string | Buffer): Promise<string> {
  const file = path.join(folder, 'values.json');
  await writeFile(file, content);
  return file;
}

describe('a config file', () => {
  it.each([
    ['UTF-8', Buffer.from('{"batch": 3}')],
    ['UTF-8 with a byte order mark', Buffer.from('\uFEFF{"batch": 3}')],
    ['UTF-16', Buffer.from('{"batch": 3}', 'utf16le')],
    ['UTF-16 with a byte order mark', Buffer.from('\uFEFF{"batch": 3}', 'utf16le')],
    ['UTF-16, most significant byte first', Buffer.from('\uFEFF{"batch": 3}', 'utf16le').swap16()],
  ])('may be written in %s', async (_, content) => {
    expect(await readConfigFile(await write(content))).toEqual({ batch: 3 });
  });

  it.each([
    ['{\n  "batch": 3,\n}', 'line 3, column 1: the comma before } is one too many; remove it'],
    ['{"batch": 3 "seed": 1}', 'line 1, column 13: a comma is expected before this'],
    ['{\n  // few\n "batch": 3}', 'line 2, column 3: JSON has no comments; remove it'],
    ["{'batch': 3}", "line 1, column 2: texts and keys stand in double quotes, got 'batch'"],
    ['{batch: 3}', 'line 1, column 2: batch is no JSON: texts and keys stand in double quotes, numbers begin with a digit'],
    ['{"learningRate": .1}', 'line 1, column 18: .1 is no JSON'],
    ['{"batch": 3', 'line 1, column 12: the object does not end; } is missing'],
    ['{"batch":', 'line 1, column 10: a value is expected'],
    ['', 'must hold one JSON object of config values, got an empty file'],
    ['[{"batch": 3}]', 'must hold one JSON object of config values, got a list'],
    ['3', 'must hold one JSON object of config values, got a single value'],
    ['['.repeat(200_000), 'is nested more than 16 deep'],
    [`{"a":"${'['.repeat(100)}"}`, undefined],
    [' '.repeat(2 ** 20 + 1), 'has more than 1048576 bytes'],
    [Buffer.from([0x7b, 0xc3, 0x28, 0x7d]), 'is not text in UTF-8; save it as UTF-8'],
  ])('is refused with the place and the cause: case %#', async (content, message) => {
    const reading = readConfigFile(await write(content));
    if (message === undefined) await expect(reading).resolves.toBeDefined();
    else await expect(reading).rejects.toThrow(message);
    if (message !== undefined) await expect(reading).rejects.toThrow(ConfigError);
  });

  it('is named when it is not there or no file', async () => {
    await expect(readConfigFile(path.join(folder, 'absent.json'))).rejects.toThrow(/absent\.json cannot be read/);
    await expect(readConfigFile(folder)).rejects.toThrow(/cannot be read: EISDIR/);
  });
});
