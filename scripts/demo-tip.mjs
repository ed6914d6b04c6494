// How much of a triangle there is in translations of held-out demo images, 0 for a circle and 1 for a triangle with its
// tip upwards: whether circles that were triangles keep a tip, and triangles that were circles get one.
//
//   node scripts/demo-tip.mjs --data demo/images RUN …
//
// The shape is what differs from the picture's border by more than half of the most. Its threefold moment about its
// centre, Σ r³ cos 3(θ − up), divided by its area to the power of 2.5 does not depend on place and size, and is divided
// by that of an equilateral triangle.
import { parseArgs } from 'node:util';
import { selectRuntime } from '../packages/backend/dist/index.js';
import { loadImages, openDataset } from '../packages/data/dist/index.js';
import { disposeAll, encodeStyles, latentStyles, openModel, translate } from '../packages/training/dist/node.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, sources: { type: 'string', default: '60' }, styles: { type: 'string', default: '10' } },
});
if (values.data === undefined || positionals.length === 0) {
  console.error('name the demo images as --data, and runs of the demo');
  process.exit(2);
}
const count = Number(values.styles);
await selectRuntime({ quiet: true, threads: 1 });
const { validation } = await openDataset(values.data);

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

/** Pixels of a side between which the picture is interpolated. */
const FINE = 4;

/** The threefold moment of the shape of one picture, [size, size, 3]. */
function threefold(pixels, size) {
  const at = (x, y, c) => pixels[(y * size + x) * 3 + c];
  const edge = Array.from({ length: size }, (_, i) => i);
  const border = [0, 1, 2].map((c) => median(edge.flatMap((i) => [at(i, 0, c), at(i, size - 1, c), at(0, i, c), at(size - 1, i, c)])));
  const coarse = Float64Array.from({ length: size * size }, (_, i) => Math.hypot(...border.map((level, c) => pixels[i * 3 + c] - level)));
  const most = [...coarse].sort((a, b) => b - a)[Math.floor(size * size * 0.05)];
  const points = [];
  for (let j = 0; j < (size - 1) * FINE; j++) {
    for (let i = 0; i < (size - 1) * FINE; i++) {
      const [x, y] = [i / FINE, j / FINE];
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [u, v] = [x - left, y - top];
      const corner = (dx, dy) => coarse[(top + dy) * size + left + dx];
      const value = (1 - v) * ((1 - u) * corner(0, 0) + u * corner(1, 0)) + v * ((1 - u) * corner(0, 1) + u * corner(1, 1));
      if (value > most / 2) points.push([x, -y]);
    }
  }
  const area = points.length / FINE ** 2;
  const [cx, cy] = [0, 1].map((k) => points.reduce((sum, point) => sum + point[k], 0) / points.length);
  const moment = points.reduce((sum, [x, y]) => {
    const [dx, dy] = [x - cx, y - cy];
    // r³ cos 3(θ − π/2) = −r³ sin 3θ … of a shape whose tip points to +y.
    return sum + dy ** 3 - 3 * dx ** 2 * dy;
  }, 0);
  return moment / FINE ** 2 / area ** 2.5;
}

/** Of an equilateral triangle, by the same sum over a fine grid. */
const TRIANGLE = (() => {
  const [size, corner] = [400, 180];
  const pixels = new Float32Array(size * size * 3);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const [dx, dy] = [x - 200, 220 - y];
      const inside = dy > -corner / 2 && dy + Math.sqrt(3) * Math.abs(dx) < corner;
      if (inside) pixels[(y * size + x) * 3] = 1;
    }
  return threefold(pixels, size);
})();

const tips = ({ size, data }) => {
  const length = size * size * 3;
  return Array.from({ length: data.length / length }, (_, i) => threefold(data.subarray(i * length, (i + 1) * length), size) / TRIANGLE);
};
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const describe = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return `${mean(numbers).toFixed(3)} (90 % ${sorted[Math.floor(0.9 * sorted.length)].toFixed(3)}, 10 % ${sorted[Math.floor(0.1 * sorted.length)].toFixed(3)})`;
};

const size = 32;
const sources = await Promise.all(
  validation.domains.map(async ({ files }) => ({ size, data: await loadImages(files.slice(0, Number(values.sources)), size) })),
);
console.log('run | from | to | latent guided | reference guided');
for (const [label, { name }] of validation.domains.entries()) console.log(`real ${name}: ${describe(tips(sources[label]))}`);
for (const run of positionals) {
  const model = await openModel(run);
  const { weights, config } = model;
  for (const [target, to] of validation.domains.entries()) {
    for (const [source, from] of validation.domains.entries()) {
      if (source === target) continue;
      const length = size * size * 3;
      const references = { size, data: sources[target].data.subarray(0, count * length) };
      const labels = Array.from({ length: count }, () => target);
      const styles = [
        latentStyles(model, { domain: target, latentDim: config.latentDim, count, psi: 1, seed: 777 }),
        encodeStyles(model, references, labels),
      ];
      const columns = styles.map((style) => {
        const all = [];
        for (let i = 0; i < sources[source].data.length; i += length) {
          const one = sources[source].data.subarray(i, i + length);
          const data = Float32Array.from({ length: count * length }, (_, k) => one[k % length]);
          all.push(...tips(translate(model, { size, data }, style)));
        }
        style.dispose();
        return describe(all);
      });
      console.log(`${run} | ${from.name} | ${to.name} | ${columns.join(' | ')}`);
    }
  }
  disposeAll(...Object.values(weights));
}
