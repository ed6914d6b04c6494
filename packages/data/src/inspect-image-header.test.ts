import { execFileSync } from 'node:child_process';
import { symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectImageHeader } from './inspect-image-header.js';
import { encodable, noiseImage } from './testing/pictures.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

async function written(content: Buffer | string, name = 'picture'): Promise<string> {
  const file = join(await temporaryDirectory(), name);
  await writeFile(file, content, 'latin1');
  return file;
}

const picture = encodable(noiseImage(20, 12));

describe('inspectImageHeader', () => {
  test('tells format and size of every format that is read, whatever the name', async () => {
    const contents = {
      jpeg: await picture.clone().jpeg().toBuffer(),
      png: await picture.clone().png().toBuffer(),
      gif: await picture.clone().gif().toBuffer(),
      tiff: await picture.clone().tiff().toBuffer(),
      avif: await picture.clone().avif({ effort: 0 }).toBuffer(),
      pnm: Buffer.concat([Buffer.from('P6\n# made by hand\n20 12\n255\n'), Buffer.alloc(720)]),
    };
    for (const [format, content] of Object.entries(contents)) {
      expect(await inspectImageHeader(await written(content, 'x.jpg?size=3'))).toEqual({ format, width: 20, height: 12 });
    }
    const lossy = await picture.clone().webp().toBuffer();
    const lossless = await picture.clone().webp({ lossless: true }).toBuffer();
    const extended = await encodable(noiseImage(20, 12)).withMetadata({ orientation: 6 }).webp().toBuffer();
    for (const content of [lossy, lossless, extended]) {
      expect(await inspectImageHeader(await written(content))).toEqual({ format: 'webp', width: 20, height: 12 });
    }
  });

  test('finds the header of a JPEG behind a long preview', async () => {
    const content = await picture.clone().jpeg().toBuffer();
    const segment = Buffer.concat([Buffer.from([0xff, 0xe2, 0xff, 0xff]), Buffer.alloc(65_533)]);
    const file = await written(Buffer.concat([content.subarray(0, 2), segment, segment, content.subarray(2)]));
    expect(await inspectImageHeader(file)).toEqual({ format: 'jpeg', width: 20, height: 12 });
  });

  test('tells kinds of faults apart', async () => {
    const directory = await temporaryDirectory();
    await expect(inspectImageHeader(join(directory, 'gone.png'))).rejects.toMatchObject({ problem: 'unreadable' });
    await expect(inspectImageHeader(await written('notes about pictures'))).rejects.toMatchObject({ problem: 'not-an-image' });
    await expect(inspectImageHeader(await written('8BPS\0\x01'))).rejects.toMatchObject({
      problem: 'unsupported',
      reason: 'a picture of a kind that is not read (Photoshop)',
    });
    await expect(inspectImageHeader(await written(''))).rejects.toMatchObject({
      problem: 'damaged',
      reason: 'the file is empty (0 bytes)',
    });
    const file = await written(await picture.clone().png().toBuffer());
    await expect(inspectImageHeader(file, { maxPixels: 239 })).rejects.toMatchObject({ problem: 'too-large' });
    await truncate(file, 20);
    await expect(inspectImageHeader(file)).rejects.toMatchObject({
      problem: 'damaged',
      reason: 'truncated (the file ends within the header)',
    });
  });

  test.skipIf(process.platform === 'win32')('opens neither named pipes nor devices', async () => {
    const directory = await temporaryDirectory();
    const [pipe, device] = [join(directory, 'pipe.png'), join(directory, 'device.png')];
    execFileSync('mkfifo', [pipe]);
    await symlink('/dev/zero', device);
    await expect(inspectImageHeader(pipe)).rejects.toThrow('pipe.png: cannot be read (a named pipe, not a file); remove it');
    await expect(inspectImageHeader(device)).rejects.toThrow('device.png: cannot be read (a device, not a file); remove it');
  });
});
