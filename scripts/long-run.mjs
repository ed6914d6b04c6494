// Trains a tiny run for many iterations and draws what it holds: tensors, resident memory, open handles, and bytes on
// the disk. All but the logs must be flat; the logs grow by the same bytes with every line. What grows is named, and the
// exit code is 1. Styles come from latent codes alone, which halves the time; the updates are the same code. Ctrl-C draws
// what was done until then; --from draws a run that such a training has left, without what only watching tells.
//
//   node scripts/long-run.mjs [--iterations 20000] [--out docs/long-run.svg] [--from RUN]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeDemoImages } from '../packages/data/dist/index.js';

// Not that of run.mjs, which ends the process at Ctrl-C.
const root = dirname(dirname(fileURLToPath(import.meta.url)));

const { values } = parseArgs({
  options: {
    iterations: { type: 'string', default: '20000' },
    out: { type: 'string', default: join(root, 'docs', 'long-run.svg') },
    from: { type: 'string' },
  },
});
const planned = Number(values.iterations);
const folder = values.from === undefined ? mkdtempSync(join(tmpdir(), 'stargan-long-')) : undefined;
const run = values.from ?? join(folder, 'run');

const lines = (name) =>
  readFileSync(join(run, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const bytesOf = (path) =>
  statSync(path).isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0) : statSync(path).size;

/** Trains, and notes what cannot be read afterwards by the last iteration logged then. */
async function trainAndWatch() {
  const data = join(folder, 'images');
  await writeDemoImages(data, { imagesPerDomain: 20, validationPerDomain: 4, imageSize: 24, domains: ['circle', 'square'] });
  const settings = {
    widthBudget: 16,
    maxWidth: 2,
    styleDim: 2,
    latentDim: 2,
    hiddenDim: 2,
    guidance: 'latent',
    diversityIterations: planned,
    logEvery: 20,
    saveEvery: Math.ceil(planned / 200),
    sampleEvery: Math.ceil(planned / 100),
    sampleSources: 1,
  };
  const options = [
    '--image-size',
    '16',
    '--batch',
    '2',
    '--iterations',
    `${planned}`,
    '--threads',
    '1',
    ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ];
  const child = spawn(process.execPath, [join(root, 'harness', 'bin', 'stargan.js'), 'train', '--data', data, '--out', run, ...options], {
    stdio: 'inherit',
  });
  // The terminal sends Ctrl-C to the training too; one that is sent to this process alone is passed on.
  process.on('SIGINT', () => child.kill('SIGINT'));
  const watched = [];
  const watch = setInterval(() => {
    try {
      const iteration = lines('speed.jsonl').at(-1).iteration;
      watched.push({ iteration, handles: readdirSync(`/proc/${child.pid}/fd`).length, checkpoints: bytesOf(join(run, 'checkpoints')) });
    } catch {
      // It has not begun, or a file is just being replaced.
    }
  }, 1000);
  const [code] = await once(child, 'exit');
  clearInterval(watch);
  if (![0, 130].includes(code)) {
    console.error(`the training ended with ${code}; its folder is kept: ${folder}`);
    process.exit(1);
  }
  return watched;
}

const watched = values.from === undefined ? await trainAndWatch() : [];
const speed = lines('speed.jsonl');
const iterations = speed.at(-1).iteration;
const MiB = 2 ** 20;
/** Bytes of both logs up to a line, by its iteration. */
function logBytes() {
  const sizes = ['log.jsonl', 'speed.jsonl'].map((name) =>
    readFileSync(join(run, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.length + 1),
  );
  let sum = 0;
  return speed.map(({ iteration }, i) => [iteration, (sum += sizes[0][i] + sizes[1][i]) / iteration]);
}

/** With each series by how much its median in the last tenth may exceed that in the third. */
const series = [
  { title: 'tensors, KiB', growth: 0, points: speed.map(({ iteration, tensorBytes }) => [iteration, tensorBytes / 1024]) },
  { title: 'resident memory, MiB', growth: 0.1, points: speed.map(({ iteration, residentBytes }) => [iteration, residentBytes / MiB]) },
  { title: 'open handles', growth: 0.1, points: watched.map(({ iteration, handles }) => [iteration, handles]) },
  {
    title: 'checkpoints on the disk, MiB',
    growth: 0.1,
    points: watched.map(({ iteration, checkpoints }) => [iteration, checkpoints / MiB]),
  },
  { title: 'logs, bytes per iteration', growth: 0.1, points: logBytes() },
].filter(({ points }) => points.length > 0);

function median(points, tenth) {
  const found = points.filter(([iteration]) => Math.min(9, Math.floor((10 * iteration) / iterations)) === tenth).map(([, value]) => value);
  return found.sort((a, b) => a - b)[found.length >> 1] ?? NaN;
}

const figure = (value) => value.toFixed(value < 10 ? 2 : 0);
const grown = [];
const [width, height, left, top] = [640, 120, 60, 26];
const panels = series.map(({ title, growth, points }, i) => {
  const [before, after] = [median(points, 2), median(points, 9)];
  if (!(after <= before * (1 + growth))) grown.push(title);
  const most = Math.max(...points.map(([, value]) => value)) || 1;
  const x = (iteration) => left + (iteration / iterations) * (width - left - 20);
  const y = (value) => top + (height - top - 22) * (1 - value / (1.15 * most));
  const path = points.map(([iteration, value]) => `${x(iteration).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const caption = `${title}: ${figure(before)} in the third tenth, ${figure(after)} in the last`;
  console.log(`${caption}, ${figure(most)} at most`);
  return `<g transform="translate(0 ${i * height})"><text x="${left}" y="16">${caption}</text>
<path d="M${left} ${top}V${height - 22}H${width - 20}" fill="none" stroke="#999"/><text x="${left - 6}" y="${(y(most) + 4).toFixed(1)}" text-anchor="end">${figure(most)}</text><text x="${left - 6}" y="${height - 20}" text-anchor="end">0</text>
<polyline points="${path}" fill="none" stroke="#1f6feb" stroke-width="1.5"/></g>`;
});
const total = series.length * height + 20;
writeFileSync(
  resolve(values.out),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>
${panels.join('\n')}
<text x="${width - 20}" y="${total - 8}" text-anchor="end">iteration 0 to ${iterations}</text></svg>
`,
);
const minutes = speed.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
console.log(`drawn in ${values.out}; ${iterations} iterations in ${minutes.toFixed(1)} minutes`);
if (folder !== undefined) rmSync(folder, { recursive: true });
if (grown.length > 0) {
  console.error(`these grew: ${grown.join('; ')}`);
  process.exitCode = 1;
}
