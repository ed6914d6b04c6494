import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { createPictureEmbedder, type PictureFile } from './embed-picture.js';

const folder = useTemporaryFolder(async (created) => {
  await mkdir(path.join(created, 'my samples'));
  // Noise, which does not compress.
  const noise = (width: number): Buffer => Buffer.from(Uint8Array.from({ length: width * width * 3 }, (_, i) => (i * 2654435761) >>> 24));
  for (const width of [8, 200])
    await sharp(noise(width), { raw: { width, height: width, channels: 3 } })
      .png()
      .toFile(path.join(created, 'my samples', `${width}.png`));
});

const picture = (name: string): string => path.join(folder(), 'my samples', name);
const page = (): string => path.join(folder(), 'report.html');

describe('pictures of a page', () => {
  it('are whole when they are small, and reduced with a link to the file when they are not', async () => {
    const embedder = createPictureEmbedder(page(), { pictureBytes: 1000, pageBytes: 1e6 });
    expect(await embedder.figure(picture('8.png'), '<b>')).toMatch(
      /^<figure><img src="data:image\/png;base64,[^"]+" alt="&lt;b&gt;"><figcaption>&lt;b&gt;<\/figcaption><\/figure>$/,
    );
    const reduced = await embedder.figure(picture('200.png'), 'large');
    expect(reduced).toContain('data:image/webp;base64,');
    expect(reduced).toContain('large Reduced; all pixels are in <a href="my%20samples/200.png">200.png</a>.');
  });

  it('are linked once the page is full', async () => {
    const { size } = await stat(picture('8.png'));
    const embedder = createPictureEmbedder(page(), { pictureBytes: 1000, pageBytes: size + 10 });
    expect(await embedder.figure(picture('8.png'), '')).toContain('data:image/png');
    expect(await embedder.figure(picture('200.png'), '')).toContain('The page is full: <a href');
    expect(await embedder.figure(picture('8.png'), '')).not.toContain('data:');
  });

  it('are named when they cannot be read, and the page goes on', async () => {
    await writeFile(picture('damaged.png'), Buffer.alloc(2000));
    const embedder = createPictureEmbedder(page(), { pictureBytes: 1000, pageBytes: 1e6 });
    expect(await embedder.figure(picture('damaged.png'), '')).toMatch(/damaged\.png<\/a> cannot be shown: /);
    expect(await embedder.figure(picture('absent.png'), '')).toMatch(/absent\.png<\/a> cannot be shown: /);
  });

  it('of a row are the last one as it is and earlier ones reduced, as many as there is room for, and say so in order', async () => {
    const files = Array.from({ length: 40 }, (_, i) => ({ iteration: i, file: picture(i === 39 ? '8.png' : '200.png') }));
    const embedder = createPictureEmbedder(page(), { pictureBytes: 1e6, pageBytes: 1e6 });
    const row = (await embedder.row('latent', 'a <grid>', files))!;
    expect(row).toMatchObject({ kind: 'latent', caption: 'a &lt;grid&gt;', width: 8, height: 8 });
    expect(row.pictures.map(({ iteration }) => iteration)).toEqual([
      ...Array.from({ length: 15 }, (_, i) => Math.floor((i * 39) / 15)),
      39,
    ]);
    expect(row.pictures.at(-1)!.source).toMatch(/^data:image\/png;base64,/);
    for (const { source } of row.pictures.slice(0, -1)) expect(source).toMatch(/^data:image\/webp;base64,/);
    // Half of the room stays for rows that come later.
    const { length } = Buffer.from(row.pictures[0]!.source.split(',')[1]!, 'base64');
    const narrow = createPictureEmbedder(page(), { pictureBytes: 1e6, pageBytes: 6.5 * length });
    expect((await narrow.row('latent', '', files))!.pictures).toHaveLength(4);
  });

  it('of a row are left out where they cannot be read, and the row where its last one cannot', async () => {
    await writeFile(picture('damaged.png'), Buffer.alloc(2000));
    const [whole, damaged] = ['8.png', 'damaged.png'].map((name) => ({ iteration: 1, file: picture(name) })) as [PictureFile, PictureFile];
    const embedder = createPictureEmbedder(page());
    expect((await embedder.row('latent', '', [damaged, whole]))!.pictures).toHaveLength(1);
    expect(await embedder.row('latent', '', [whole, damaged])).toBeUndefined();
    expect(await embedder.row('latent', '', [])).toBeUndefined();
  });
});
