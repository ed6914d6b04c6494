import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { ReportDocument } from './document.js';
import { reportPage } from './page.js';

const picture = (iteration: number): { iteration: number; source: string } => ({ iteration, source: `data:image/png;base64,${iteration}` });

const report: ReportDocument = {
  title: 'A <training>',
  sections: [
    { id: 'summary', html: '<p>text</p>' },
    { id: 'nothing', heading: 'Nothing' },
    {
      id: 'grids',
      heading: 'Grids',
      rows: [{ kind: 'latent', caption: 'a <b>grid</b>', width: 8, height: 4, pictures: [picture(1), picture(2)] }],
    },
    { id: 'losses', charts: [{ title: 'a </script> title', labels: ['a'], data: [[1], [2]] }] },
  ],
};

describe('a page', () => {
  it('holds text, the last pictures, and the data of charts and earlier pictures', async () => {
    const html = await reportPage(report);
    expect(html).toContain('<title>A &lt;training&gt;</title>');
    expect(html).toContain('<section id="summary"><div class="text"><p>text</p></div>');
    expect(html).toContain('<section id="nothing" hidden>');
    expect(html).toContain('<img src="data:image/png;base64,2" width="8" height="4" alt="latent">');
    const data = /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(html)![1]!;
    expect(JSON.parse(data)).toEqual({
      live: false,
      sections: [
        { id: 'summary', charts: [], rows: [] },
        { id: 'nothing', charts: [], rows: [] },
        { id: 'grids', charts: [], rows: [{ ...report.sections[2]!.rows![0], pictures: [picture(1), { iteration: 2 }] }] },
        { id: 'losses', charts: report.sections[3]!.charts, rows: [] },
      ],
    });
    // The picture is in the page once.
    expect(html.match(/base64,2/g)).toHaveLength(1);
  });

  it('asks for nothing, and its script can be compiled', async () => {
    const html = await reportPage(report);
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    const script = /<script>(.*?)<\/script>/s.exec(html)![1]!;
    expect(() => new Script(script)).not.toThrow();
    expect(script).toContain('new uPlot');
  });

  it('has no script where it has nothing to draw', async () => {
    const html = await reportPage({ title: 'Text', sections: [{ id: 'text', html: '<p>only</p>' }] });
    expect(html).not.toContain('<script');
    expect(html.length).toBeLessThan(10_000);
  });

  it('follows its server where it is live', async () => {
    const html = await reportPage({ title: 'Text', sections: [] }, { live: true });
    expect(html).toContain('id="live"');
    expect(html).toContain('"live":true');
  });
});
