// Trains a tiny run for many iterations and draws what it holds: tensors, resident memory, open handles, and bytes on
// the disk. All but the logs must be flat; the logs grow by the same bytes with every line.
//
//   node scripts/long-run.mjs [--iterations 20000] [--out docs/long-run.svg]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeDemoImages } from '../packages/data/dist/index.js';
import { root } from './run.mjs';

const { values } = parseArgs({ options: { iterations: { type: 'string', default: '20000' }, out: { type: 'string', default: join('docs', 'long-run.svg') } } });
const iterations = Number(values.iterations);
const folder = mkdtempSync(join(tmpdir(), 'stargan-long-'));
const run = join(folder, 'run');
const data = join(folder, 'images');
await writeDemoImages(data, { imagesPerDomain: 20, validationPerDomain: 4, imageSize: 24, domains: ['circle', 'square'] });
const settings = { widthBudget: 64, maxWidth: 8, styleDim: 4, latentDim: 4, hiddenDim: 8, learningRate: 0.0001, diversityIterations: iterations, logEvery: 20, saveEvery: Math.ceil(iterations / 40), sampleEvery: Math.ceil(iterations / 20) };
const options = ['--image-size', '16', '--batch', '2', '--iterations', `${iterations}`, '--threads', '1', ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`])];
const child = spawn(process.execPath, [join(root, 'harness', 'bin', 'stargan.js'), 'train', '--data', data, '--out', run, ...options], { stdio: 'inherit' });
const ended = once(child, 'exit');

const lines = (name) => readFileSync(join(run, name), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const bytesOf = (path) => (statSync(path).isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0) : statSync(path).size);

/** What cannot be read afterwards, by the last iteration logged then. */
const watched = [];
const watch = setInterval(() => {
  try {
    const iteration = lines('speed.jsonl').at(-1).iteration;
    watched.push({ iteration, handles: readdirSync(`/proc/${child.pid}/fd`).length, checkpoints: bytesOf(join(run, 'checkpoints')), logs: bytesOf(join(run, 'log.jsonl')) + bytesOf(join(run, 'speed.jsonl')) });
  } catch {
    // It has not begun, or a file is just being replaced.
  }
}, 1000);
const [code] = await ended;
clearInterval(watch);
if (code !== 0) {
  console.error(`the training ended with ${code}; its folder is kept: ${folder}`);
  process.exit(1);
}

const speed = lines('speed.jsonl');
const MiB = 2 ** 20;
const series = [
  { title: 'tensors, MiB', points: speed.map(({ iteration, tensorBytes }) => [iteration, tensorBytes / MiB]) },
  { title: 'resident memory, MiB', points: speed.map(({ iteration, residentBytes }) => [iteration, residentBytes / MiB]) },
  { title: 'open handles', points: watched.map(({ iteration, handles }) => [iteration, handles]) },
  { title: 'checkpoints on the disk, MiB', points: watched.map(({ iteration, checkpoints }) => [iteration, checkpoints / MiB]) },
  { title: 'logs, bytes per iteration', points: watched.filter(({ iteration }) => iteration > iterations / 100).map(({ iteration, logs }) => [iteration, logs / iteration]) },
];
const [width, height, left, top] = [640, 110, 60, 26];
const panels = series.map(({ title, points }, i) => {
  const most = Math.max(...points.map(([, value]) => value)) || 1;
  const x = (iteration) => left + (iteration / iterations) * (width - left - 20);
  const y = (value) => top + (height - top - 12) * (1 - value / (1.15 * most));
  const path = points.map(([iteration, value]) => `${x(iteration).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const first = points[Math.floor(points.length / 10)]?.[1] ?? NaN;
  const last = points.at(-1)?.[1] ?? NaN;
  console.log(`${title}: ${first.toFixed(2)} after a tenth, ${last.toFixed(2)} at the end, ${most.toFixed(2)} at most`);
  return `<g transform="translate(0 ${i * height})"><text x="${left}" y="16">${title}: ${first.toFixed(2)} after a tenth, ${last.toFixed(2)} at the end</text>
<path d="M${left} ${top}V${height - 12}H${width - 20}" fill="none" stroke="#999"/><text x="${left - 6}" y="${top + 16}" text-anchor="end">${most.toFixed(most < 10 ? 2 : 0)}</text><text x="${left - 6}" y="${height - 10}" text-anchor="end">0</text>
<polyline points="${path}" fill="none" stroke="#1f6feb" stroke-width="1.5"/></g>`;
});
const total = series.length * height + 20;
writeFileSync(
  join(root, values.out),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>
${panels.join('\n')}
<text x="${width - 20}" y="${total - 8}" text-anchor="end">iteration 0 to ${iterations}</text></svg>
`,
);
console.log(`drawn in ${values.out}; ${iterations} iterations in ${(speed.reduce((sum, { seconds }) => sum + seconds, 0) / 60).toFixed(1)} minutes`);
rmSync(folder, { recursive: true });
