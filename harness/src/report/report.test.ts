import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { smallConfig, useTemporaryFolder } from '../testing/small-run.js';
import { runPaths, writeRunRecord } from '../training/run-directory.js';
import { lossCharts } from './curves.js';
import { escapeHtml, scriptJson } from './page.js';
import { writeReport } from './write-report.js';

const folder = useTemporaryFolder();

describe('the report', () => {
  it('is one file with curves, pictures and settings, and names of domains as text', async () => {
    const run = path.join(folder(), 'run');
    const paths = runPaths(run);
    await writeRunRecord(run, { config: smallConfig(), data: folder(), domains: ['cat', '<b>dog</b>'] });
    await writeFile(paths.log, [1, 2, 3].map((iteration) => `${JSON.stringify({ iteration, 'D/latent_total': iteration })}\n`).join(''));
    await mkdir(paths.samples);
    for (const name of ['0000001-latent', '0000002-latent', '0000002-reference']) {
      await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } }).png().toFile(path.join(paths.samples, `${name}.png`));
    }
    const html = await readFile(await writeReport(run), 'utf8');
    expect(html.match(/data:image\/png;base64,/g)).toHaveLength(2);
    expect(html).toContain('Iteration 2.');
    expect(html).toContain('&lt;b&gt;dog&lt;/b&gt;');
    expect(html).not.toContain('<b>dog</b>');
    expect(html).toContain('new uPlot');
    // Nothing is fetched from anywhere.
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it('says when there is nothing to show yet', async () => {
    const run = path.join(folder(), 'empty');
    await writeRunRecord(run, { config: smallConfig(), data: folder(), domains: ['a'] });
    const html = await readFile(await writeReport(run), 'utf8');
    expect(html).toContain('No sample grids yet.');
    expect(html).toContain('No log yet.');
  });

  it('refuses a folder that holds no run', async () => {
    await expect(writeReport(path.join(folder(), 'absent'))).rejects.toThrow('holds no run');
  });
});

describe('curves', () => {
  it('are means over stretches of the log', () => {
    const log = Array.from({ length: 600 }, (_, i) => ({ iteration: i + 1, 'D/latent_total': (i % 2) * 2 }));
    const [chart] = lossCharts(log);
    expect(chart!.data[0]).toHaveLength(300);
    expect(new Set(chart!.data[1])).toEqual(new Set([1]));
  });
});

describe('a page', () => {
  it('escapes what could end an element or a script', () => {
    expect(escapeHtml(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;');
    expect(scriptJson({ text: '</script>' })).not.toContain('</script>');
  });
});
