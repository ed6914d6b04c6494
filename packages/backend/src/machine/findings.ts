import { nameKernels } from '../runtime.js';
import { formatCard } from './nvidia.js';
import { installCommand } from '../install-command.js';
import { hasFittingPip, oldestPip } from '../install/pip.js';
import type { Diagnosis, Finding } from './diagnosis.js';

const gib = 1024 ** 3;

type Facts = Omit<Diagnosis, 'findings'>;

/** Sorts the facts: what is fine, what is slow or tight, and what stands in the way of training. */
export function findingsOf(facts: Facts): Finding[] {
  return [
    runtimeFinding(facts),
    kernelsFinding(facts),
    captureFinding(facts),
    cardFinding(facts),
    memoryFinding(facts),
    ...buildFindings(facts),
  ].filter((finding) => finding !== undefined);
}

function runtimeFinding({ runtimes }: Facts): Finding {
  const subject = 'runtime';
  const best = runtimes.find((runtime) => runtime.available);
  if (best === undefined) {
    return {
      level: 'problem',
      subject,
      message: 'no TensorFlow runtime can be loaded',
      remedy: `npm install @tensorflow/tfjs-node --ignore-scripts, then ${installCommand()}`,
    };
  }
  if (best.kind.startsWith('native')) return { level: 'ok', subject, message: describeBest(best.kind, best.version) };
  const why = runtimes.find((runtime) => runtime.kind === 'native-cpu')?.why;
  return {
    level: 'warning',
    subject,
    message: `only the slow ${best.kind} runtime is there: ${why ?? 'native TensorFlow is not'}`,
    remedy: installCommand(),
  };
}

function describeBest(kind: string, version: string | undefined): string {
  return `${kind}, TensorFlow ${version ?? 'of unknown version'}`;
}

function kernelsFinding({ runtimes }: Facts): Finding | undefined {
  const kernels = runtimes.find((runtime) => runtime.available)?.fusedKernels;
  if (kernels === undefined) return undefined;
  if (kernels.available) return { level: 'ok', subject: 'kernels', message: `${nameKernels(kernels)} are in use` };
  return {
    level: 'warning',
    subject: 'kernels',
    message: `no fused kernels, so training is slower: ${kernels.why ?? 'they were not compiled'}`,
    remedy: kernels.why === 'STARGAN_NATIVE_KERNELS=0' ? 'unset STARGAN_NATIVE_KERNELS' : installCommand('--force'),
  };
}

function captureFinding({ runtimes }: Facts): Finding | undefined {
  const best = runtimes.find((runtime) => runtime.available);
  if (best?.capture === undefined) return undefined;
  const subject = 'capture';
  if (best.capture) return { level: 'ok', subject, message: 'training updates are recorded and replayed' };
  return {
    level: 'warning',
    subject,
    message:
      'training updates run operation by operation, which takes small networks two to three times as long: another program made the addon',
    remedy: installCommand('--force'),
  };
}

function cardFinding({ card, runtimes }: Facts): Finding | undefined {
  if (card === undefined) return undefined;
  const gpu = runtimes.find((runtime) => runtime.kind === 'native-gpu');
  if (gpu?.available === true) return { level: 'ok', subject: 'card', message: formatCard(card) };
  return {
    level: 'warning',
    subject: 'card',
    message: `${formatCard(card)} is not used: ${gpu?.why ?? 'no runtime'}`,
    remedy: gpu?.remedy ?? installCommand('--flavour gpu'),
  };
}

function memoryFinding({ memory }: Facts): Finding {
  const message = `${(memory.totalBytes / gib).toFixed(1)} GiB, ${(memory.freeBytes / gib).toFixed(1)} GiB free`;
  if (memory.totalBytes >= 7.5 * gib) return { level: 'ok', subject: 'memory', message };
  return {
    level: 'warning',
    subject: 'memory',
    message,
    remedy: 'Train at a smaller image size or batch: 64×64 with batch 4 needs about 6 GiB.',
  };
}

// What is only needed to build a runtime does not matter once there is one.
function buildFindings({ runtimes, python, pythonFailure, compiler, cache }: Facts): Finding[] {
  if (runtimes.some((runtime) => runtime.available && runtime.kind.startsWith('native'))) return [];
  const findings: Finding[] = [];
  const warn = (subject: string, message: string, remedy: string) => {
    findings.push({ level: 'warning', subject, message, remedy });
  };
  if (pythonFailure !== undefined)
    warn('python', `python3 does not start: ${pythonFailure}`, 'Mend it, put another one first on PATH, or set STARGAN_TENSORFLOW');
  else if (python === undefined) warn('python', 'no python3', 'apt-get install python3 python3-pip, or set STARGAN_TENSORFLOW');
  else if (!python.pip) warn('python', `${python.executable} has no pip`, 'apt-get install python3-pip');
  else if (!hasFittingPip({ pip: python.pipVersion }))
    warn(
      'python',
      `${python.executable} has pip ${python.pipVersion ?? ''}, older than ${oldestPip}`,
      `${python.executable} -m pip install --upgrade pip`,
    );
  if (compiler === undefined) warn('compiler', 'no C++ compiler', 'apt-get install g++, or name one with CXX');
  if ('refusal' in cache) warn('cache', cache.refusal.split('\n')[0] ?? '', 'Name a folder with STARGAN_CACHE_DIR');
  else if (cache.freeBytes < 3e9) {
    warn('disk', `${(cache.freeBytes / 1e9).toFixed(1)} GB free in ${cache.folder}`, 'Free 3 GB, or set STARGAN_CACHE_DIR');
  }
  return findings;
}
