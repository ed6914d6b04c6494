// Looks at a live report and at a written one in a real browser. See USAGE.
/* global document, getComputedStyle */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { cards, createPictureEmbedder, definitionTable, logChart, reportPage, serveReport, warningList } from '../dist/index.js';

const USAGE = `Usage: node packages/report/scripts/check-in-browser.mjs --playwright DIR --browser FILE [--pictures DIR]

Opens a report of made-up numbers, live and as a file, at widths of 1280, 390 and 320 pixels: nothing may be wider than the page, no
section empty, nothing asked for from elsewhere, and no error told. New lines reach the open page while its zoom and its slider stay.
DIR is a folder in which playwright-core is installed, FILE a Chromium. With --pictures, pictures of the pages are written there.
Exit code: 0 all well, 1 not, 2 wrong usage.`;

const { values } = parseArgs({ options: { playwright: { type: 'string' }, browser: { type: 'string' }, pictures: { type: 'string' } } });
if (values.playwright === undefined || values.browser === undefined) {
  console.error(USAGE);
  process.exit(2);
}
const { chromium } = createRequire(join(resolve(values.playwright), 'index.js'))('playwright-core');

const folder = mkdtempSync(join(tmpdir(), 'report-'));
const grid = (iteration) => join(folder, `${iteration}-latent.png`);
for (const iteration of [0, 100, 200, 300])
  writeFileSync(
    grid(iteration),
    await sharp({ create: { width: 900, height: 300, channels: 3, background: { r: iteration / 2, g: 90, b: 150 } } })
      .png()
      .toBuffer(),
  );

let lines = 30;
let shownGrids = [0, 100, 200];
async function read(makeRow) {
  const log = Array.from({ length: lines }, (_, i) => ({
    iteration: 10 * (i + 1),
    G: Math.exp(-i / 9),
    D: 123456 * Math.sin(i),
    rate: 1e-6,
  }));
  const files = shownGrids.map((iteration) => ({ iteration, file: grid(iteration) }));
  const warning = { name: 'x', title: 'Diversity has collapsed', evidence: 'Two styles change nothing.', advice: 'Raise lambdaDiversity.' };
  return {
    title: 'A training of two domains with <long> names · another_name_that_has_no_place_to_break_in_it_at_all',
    sections: [
      { id: 'summary', html: '<p>Running.</p>' },
      { id: 'warnings', heading: 'Signs of trouble', html: warningList([warning]) },
      {
        id: 'numbers',
        heading: 'Numbers',
        html: cards([
          ['95.1 %', 'of translations'],
          ['0.123', 'a distance'],
        ]),
      },
      { id: 'nothing', heading: 'Nothing yet' },
      { id: 'grids', heading: 'Grids', rows: [await makeRow('latent', 'A grid.', files)] },
      {
        id: 'losses',
        heading: 'Losses',
        charts: [
          logChart(log, { 'a loss': 'G' }, { title: 'Small values', y: 'loss' }),
          logChart(log, { 'a large value': 'D', 'a small one': 'rate' }, { title: 'Large values', y: 'loss' }),
        ],
      },
      { id: 'settings', heading: 'Settings', html: definitionTable([['a_key_without_any_space_in_it', 'x'.repeat(300)]]) },
    ],
  };
}
const servedRow = async (kind, caption, files) => ({
  ...{ kind, caption, width: 900, height: 300 },
  pictures: files.map(({ iteration }) => ({ iteration, source: `pictures/${iteration}-latent.png` })),
});
const file = join(folder, 'report.html');
const embedder = createPictureEmbedder(file);
writeFileSync(file, await reportPage(await read((...row) => embedder.row(...row))));
const live = await serveReport({
  read: () => read(servedRow),
  stamp: async () => `${lines} ${shownGrids}`,
  pictures: folder,
  port: 0,
  interval: 50,
});

const browser = await chromium.launch({ executablePath: values.browser, args: ['--no-sandbox'] });
try {
  for (const url of [live.url, pathToFileURL(file).href]) for (const width of [1280, 390, 320]) await look(url, width);
  await followed();
  await unreachable();
  console.log('the report is well in a browser: live and as a file, at 1280, 390 and 320 pixels');
} finally {
  await browser.close();
  await live.close();
  rmSync(folder, { recursive: true });
}

/** Opens a page; whatever it says or asks for elsewhere is a failure. */
async function open(url, width) {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const faults = [];
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith('data:') && !request.url().startsWith(url)) faults.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  await page.waitForSelector('.chart canvas');
  await page.waitForTimeout(300);
  return { page, faults };
}

async function look(url, width) {
  const { page, faults } = await open(url, width);
  const found = await page.evaluate(() => {
    const tooWide = (element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
    const colour = (element, name) => getComputedStyle(element)[name];
    return {
      scrolls: document.documentElement.scrollWidth > document.documentElement.clientWidth,
      wide: [...document.querySelectorAll('body *')].filter(tooWide).map(({ tagName, className }) => `${tagName} ${className}`),
      shown: [...document.querySelectorAll('section:not([hidden])')].map(({ id }) => id),
      charts: [...document.querySelectorAll('.chart')].map((chart) => chart.querySelector('h3').textContent),
      picture: document.querySelector('figure img').naturalWidth,
      colours: [colour(document.body, 'color'), colour(document.body, 'backgroundColor')],
    };
  });
  if (values.pictures !== undefined)
    await page.screenshot({ path: join(values.pictures, `${url.startsWith('file') ? 'file' : 'live'}-${width}.png`), fullPage: true });
  await page.close();
  assert.deepEqual([found.scrolls, found.wide, faults], [false, [], []], `${url} at ${width}`);
  assert.deepEqual(found.shown, ['summary', 'warnings', 'numbers', 'grids', 'losses', 'settings']);
  assert.deepEqual(found.charts, ['Small values', 'Large values']);
  assert.equal(found.picture, 900);
  assert.deepEqual(found.colours, ['rgb(28, 30, 33)', 'rgb(255, 255, 255)']);
}

/** New lines and pictures reach an open page; what its reader has chosen stays. */
async function followed() {
  const { page, faults } = await open(live.url, 1280);
  const shown = () =>
    page.evaluate(() => ({
      legends: [...document.querySelectorAll('.u-legend')].map((legend) => /iteration:?\s*(\d+)/.exec(legend.innerText)[1]),
      iteration: document.querySelector('output').textContent,
      picture: document.querySelector('figure img').getAttribute('src'),
    }));
  assert.deepEqual(await shown(), { legends: ['300', '300'], iteration: 'iteration 200', picture: 'pictures/200-latent.png' });

  // The first chart is zoomed, with the pointer on it.
  const area = page.locator('.u-over').first();
  await area.scrollIntoViewIfNeeded();
  const { x, y, width } = await area.boundingBox();
  await page.mouse.move(x + 0.25 * width, y + 40);
  await page.mouse.down();
  await page.mouse.move(x + 0.5 * width, y + 60, { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(x + 0.5 * width, y + 50);
  const zoomed = Number((await shown()).legends[0]);
  assert.ok(zoomed >= 90 && zoomed <= 150, `the pointer in the middle of a zoomed chart is at iteration ${zoomed}`);

  lines = 40;
  shownGrids = [0, 100, 200, 300];
  await page.waitForFunction(() => document.querySelector('output').textContent === 'iteration 300');
  await page.mouse.move(x + 0.5 * width + 1, y + 50);
  assert.deepEqual(await shown(), { legends: [`${zoomed}`, '400'], iteration: 'iteration 300', picture: 'pictures/300-latent.png' });

  // A slider that was moved away from its end stays there.
  await page.locator('input[type=range]').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  lines = 50;
  await page.waitForFunction(() => document.querySelectorAll('.u-legend')[1].innerText.includes('500'));
  const after = await shown();
  assert.deepEqual([after.iteration, after.picture], ['iteration 100', 'pictures/100-latent.png']);
  assert.equal(await page.evaluate(() => document.activeElement.type), 'range');
  assert.deepEqual(faults, []);
  await page.close();
}

/** A name of somebody else's that leads to this machine gets nothing. */
async function unreachable() {
  const { port } = new URL(live.url);
  const other = await chromium.launch({
    executablePath: values.browser,
    args: ['--no-sandbox', '--host-resolver-rules=MAP evil.example 127.0.0.1'],
  });
  const page = await other.newPage();
  const response = await page.goto(`http://evil.example:${port}/content`);
  assert.equal(response.status(), 403);
  await other.close();
}
