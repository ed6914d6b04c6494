// Reads mutants of files that come from outside, in a process whose memory the operating system caps:
//   node scripts/fuzz-files.mjs [--count 100000] [--seed 1] [--memory-mib 2048] [--seconds 10] [--corpus DIR] [--keep DIR]
// --corpus: files of others to mutate beside our own (.safetensors, .pt, .pth, .ckpt, .npz).
// --keep: keeps some of the mutants that are read, with what was read of them (read.jsonl), to compare with another reader:
//   python scripts/fuzz-files-compare.py DIR
// Prints how many cases there were, and every crash, hang and error that is not one of ours; exits with 1 if there are any.
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    'memory-mib': { type: 'string', default: '2048' },
    seconds: { type: 'string', default: '10' },
    corpus: { type: 'string' },
    keep: { type: 'string' },
    // Of the process that reads: where it writes, and its first case.
    child: { type: 'string' },
    from: { type: 'string', default: '0' },
  },
});
const [count, seed, seconds] = [options.count, options.seed, options.seconds].map(Number);

const CHECKPOINTS = new URL('../packages/checkpoints/dist/', import.meta.url);
const METRICS = new URL('../packages/metrics/dist/npz/index.js', import.meta.url);
const KEPT_OF_A_KIND = 400;

async function child(folder) {
  const checkpoints = await import(new URL('index.js', CHECKPOINTS));
  const { mutant, randomNumbers, withoutSums, withRightSums } = await import(new URL('testing/mutants.js', CHECKPOINTS));
  const raw = await import(new URL('testing/raw-pickle.js', CHECKPOINTS));
  const { readStatistics, writeStatistics } = await import(METRICS);
  const seeds = await makeSeeds({ ...checkpoints, writeStatistics, raw, folder });

  /** What is read of a file, as lines of name, dtype, shape and the hash of the values. */
  const digest = (tensors) =>
    [...tensors].map(([name, { dtype, shape, data }]) => [
      name,
      dtype,
      shape,
      createHash('sha256')
        .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
        .digest('hex'),
    ]);
  const readTorch = async (file) => digest(Object.entries(await checkpoints.readPyTorchTensors(file, { onUnread: () => undefined })));
  const readers = {
    safetensors: async (file) => digest(Object.entries((await checkpoints.readSafetensors(file)).tensors)),
    torch: readTorch,
    legacy: readTorch,
    npz: async (file) => {
      const { mean, covariance } = await readStatistics(file);
      return digest([
        ['mu', { dtype: 'F64', shape: [mean.length], data: mean }],
        ['sigma', { dtype: 'F64', shape: [mean.length, mean.length], data: covariance }],
      ]);
    },
    manifest: async (file) => {
      writeFileSync(join(folder, 'run', '0000007', 'manifest.json'), readFileSync(file));
      await checkpoints.listCheckpoints(join(folder, 'run'));
      return [];
    },
  };
  const NAMED = /^(?:openSafetensors|readPyTorchTensors|readStatistics): .*case\.\w+: ./s;
  const OWN = new Set(['Error', 'SyntaxError', 'PickleEndsEarly']);
  const kinds = Object.keys(readers);
  const progress = openSync(join(folder, 'progress'), 'w');
  const report = (line) => appendFileSync(join(folder, 'reports'), `${JSON.stringify(line)}\n`);
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error) => {
      report({ what: event, error: String(error?.stack ?? error) });
      process.exit(99);
    });
  }
  const handlesBefore = existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
  const outcomes = Object.fromEntries(kinds.map((kind) => [kind, { read: 0, refused: 0 }]));
  for (let i = Number(options.from); i < count; i++) {
    const kind = kinds[i % kinds.length];
    const random = randomNumbers(seed * 1_000_003 + i);
    const { name, bytes } = seeds[kind][Math.floor(random() * seeds[kind].length)];
    const isZip = kind === 'torch' || kind === 'npz';
    let mutated = mutant(isZip && random() < 0.3 ? withoutSums(bytes) : bytes, random);
    if (isZip && random() < 0.5) mutated = withRightSums(mutated);
    const file = join(folder, `case.${kind}`);
    writeFileSync(file, mutated);
    writeSync(progress, String(i).padStart(12), 0);
    const begin = performance.now();
    try {
      const read = await readers[kind](file);
      outcomes[kind].read += 1;
      if (options.keep !== undefined && kind !== 'manifest' && outcomes[kind].read <= KEPT_OF_A_KIND) {
        const kept = join(options.keep, `${kind}-${i}${kind === 'torch' || kind === 'legacy' ? '.pt' : `.${kind}`}`);
        writeFileSync(kept, mutated);
        appendFileSync(join(options.keep, 'read.jsonl'), `${JSON.stringify({ file: kept, kind, read })}\n`);
      }
    } catch (error) {
      outcomes[kind].refused += 1;
      let cause = error;
      while (cause?.cause instanceof Error) cause = cause.cause;
      // Errors of the system and of zlib have a code.
      if (!NAMED.test(error.message) || (!OWN.has(cause.constructor.name) && cause.code === undefined))
        report({ what: 'an error that is not ours', case: i, kind, seed: name, error: String(cause.stack) });
    }
    const took = performance.now() - begin;
    if (took > 1000 * seconds) report({ what: 'slow', case: i, kind, seed: name, seconds: took / 1000 });
  }
  closeSync(progress);
  const handles = existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
  if (handles > handlesBefore + 1) report({ what: 'open files', before: handlesBefore, after: handles });
  writeFileSync(join(folder, 'outcomes'), JSON.stringify({ outcomes, mebibytes: process.resourceUsage().maxRSS >> 10 }));
}

/** Files to mutate, by kind. */
async function makeSeeds({ writeSafetensors, writePyTorchFile, saveCheckpoint, writeStatistics, raw, folder }) {
  const at = join(folder, 'seed');
  const taken = () => readFileSync(at);
  const small = { dtype: 'F32', shape: [2, 3], data: Float32Array.from({ length: 6 }, (_, i) => i - 2.5) };
  const tensors = {
    'net.weight': small,
    'net.bias': { dtype: 'F64', shape: [], data: Float64Array.of(0.1) },
    flags: { dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) },
    steps: { dtype: 'I64', shape: [1], data: BigInt64Array.of(7n) },
  };
  const seeds = { safetensors: [], torch: [], legacy: [], npz: [], manifest: [] };
  await writeSafetensors(at, tensors, { format: 'pt', note: 'a "quoted" text \u00e9' });
  seeds.safetensors.push({ name: 'own', bytes: taken() });
  await writePyTorchFile(at, {
    net: tensors,
    plain: [1, 2.5, null, true, 'text', 2n ** 70n, Uint8Array.of(1, 200)],
    more: new Map([
      [0, 'a'],
      [[1, 'k'], 'b'],
    ]),
  });
  seeds.torch.push({ name: 'own', bytes: taken() });
  const { call, dict, FALSE, int, legacyFile, list, name, pickle, storage, tensor, text, tuple } = raw;
  const w = tensor(storage('FloatStorage', '0', 6), 0, [2, 3], [1, 2]);
  const parameter = call(name('torch._utils', '_rebuild_parameter'), w, FALSE, call(name('collections', 'OrderedDict')));
  const namespace = [...call(name('argparse', 'Namespace')), ...dict(text('lr'), int(1)), 0x62];
  const value = pickle(dict(text('w'), w, text('p'), parameter, text('o'), namespace, text('l'), list(tuple(int(1), int(2)))));
  seeds.legacy.push({ name: 'own', bytes: Buffer.from(legacyFile(value, [['0', 6, new Uint8Array(small.data.buffer)]])) });
  await writeStatistics(at, { mean: Float64Array.of(1, 2), covariance: Float64Array.of(2, 0.5, 0.5, 1), count: 9 });
  seeds.npz.push({ name: 'own', bytes: taken() });
  await saveCheckpoint(join(folder, 'run'), 7, { 'a.safetensors': { tensors: { x: small } } }, { note: 'x' });
  seeds.manifest.push({ name: 'own', bytes: readFileSync(join(folder, 'run', '0000007', 'manifest.json')) });
  for (const file of options.corpus === undefined ? [] : readdirSync(options.corpus).sort()) {
    const path = join(options.corpus, file);
    if (!statSync(path).isFile() || statSync(path).size > 1_000_000) continue;
    const bytes = readFileSync(path);
    const isZip = bytes.subarray(0, 2).toString('latin1') === 'PK';
    const kind = {
      '.safetensors': 'safetensors',
      '.npz': 'npz',
      '.pt': isZip ? 'torch' : 'legacy',
      '.pth': isZip ? 'torch' : 'legacy',
      '.ckpt': isZip ? 'torch' : 'legacy',
    }[extname(file)];
    if (kind !== undefined) seeds[kind].push({ name: file, bytes });
  }
  return seeds;
}

/** Starts the process that reads, and ends it where it stays with one file too long. */
function runChild(folder, from) {
  return new Promise((resolve) => {
    const self = fileURLToPath(import.meta.url);
    const given = ['count', 'seed', 'seconds', 'corpus', 'keep'].flatMap((key) =>
      options[key] === undefined ? [] : [`--${key}`, options[key]],
    );
    const limit = Number(options['memory-mib']) * 1024;
    // What data a process has, its heap and its private mappings, is what the limit is for; addresses alone are not.
    const script = process.platform === 'linux' ? `ulimit -d ${limit} && exec "$@"` : 'exec "$@"';
    const started = spawn('sh', ['-c', script, 'sh', process.execPath, self, '--child', folder, '--from', String(from), ...given], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    started.stderr.on('data', (piece) => {
      errors = (errors + piece).slice(-2000);
    });
    let [last, since, hung] = ['', Date.now(), false];
    const watch = setInterval(() => {
      const now = current(folder);
      if (now !== last) [last, since] = [now, Date.now()];
      else if (now !== '' && Date.now() - since > 3000 * seconds) {
        hung = true;
        started.kill('SIGKILL');
      }
    }, 1000);
    started.on('close', (code, signal) => {
      clearInterval(watch);
      resolve({ code, signal, hung, errors, at: Number(current(folder)) });
    });
  });
}

function current(folder) {
  try {
    const file = openSync(join(folder, 'progress'), 'r');
    const bytes = Buffer.alloc(12);
    const length = readSync(file, bytes, 0, 12, 0);
    closeSync(file);
    return bytes.toString('latin1', 0, length).trim();
  } catch {
    return '';
  }
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-files-'));
  if (options.keep !== undefined) mkdirSync(options.keep, { recursive: true });
  const found = [];
  const totals = {};
  let mebibytes = 0;
  const begin = Date.now();
  for (let from = 0; from < count;) {
    rmSync(join(folder, 'run'), { recursive: true, force: true });
    const { code, signal, hung, errors, at } = await runChild(folder, from);
    const result = join(folder, 'outcomes');
    if (code === 0 && existsSync(result)) {
      const { outcomes, mebibytes: most } = JSON.parse(readFileSync(result, 'utf8'));
      Object.assign(totals, outcomes);
      mebibytes = Math.max(mebibytes, most);
      break;
    }
    found.push({ what: hung ? 'a hang' : 'a crash', case: at, code, signal, errors });
    if (!Number.isFinite(at) || at < from) break;
    from = at + 1;
  }
  if (existsSync(join(folder, 'reports')))
    found.push(
      ...readFileSync(join(folder, 'reports'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  console.log(
    `${count} mutants, seed ${seed}, in ${((Date.now() - begin) / 1000).toFixed(0)} s; memory capped at ${options['memory-mib']} MiB, ${mebibytes} MiB were resident at most`,
  );
  for (const [kind, { read, refused }] of Object.entries(totals)) console.log(`  ${kind}: ${read} read, ${refused} refused`);
  for (const fault of found) console.log(JSON.stringify(fault));
  console.log(found.length === 0 ? 'no crash, hang or error that is not ours' : `${found.length} faults`);
  if (found.length === 0) rmSync(folder, { recursive: true, force: true });
  process.exitCode = found.length === 0 ? 0 : 1;
}

await (options.child === undefined ? main() : child(options.child));
