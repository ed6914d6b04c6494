import type { Diagnosis, Finding } from './machine/diagnosis.js';
import { formatCard } from './machine/nvidia.js';

const marks: Record<Finding['level'], string> = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' };

/**
 * A diagnosis as text for a terminal: the facts, the runtimes, then the findings with their remedies.
 *
 * @param diagnosis as `inspectMachine` returns it
 */
export function formatDiagnosis(diagnosis: Diagnosis): string {
  const { processor, memory, cache, compiler, card, runtimes, findings } = diagnosis;
  const facts = [
    [
      'Node.js',
      `${diagnosis.node}, ${[diagnosis.platform, diagnosis.arch, diagnosis.libc].filter((part) => part !== undefined).join(' ')}`,
    ],
    ['processor', `${processor.model}, ${String(processor.cores)} cores, ${String(diagnosis.threads)} threads used`],
    ['memory', `${size(memory.totalBytes)}, ${size(memory.freeBytes)} free`],
    ['card', card === undefined ? 'no NVIDIA card' : formatCard(card)],
    ['cache', 'refusal' in cache ? cache.refusal.replaceAll('\n', '; ') : `${cache.folder}, ${size(cache.freeBytes)} free`],
    ['python', describePython(diagnosis)],
    ['compiler', compiler === undefined ? 'not found' : compiler.version],
  ] as const;
  return [
    ...facts.map(([subject, text]) => `${subject.padEnd(10)} ${text}`),
    '',
    'runtimes, best first',
    ...runtimes.map(
      ({ kind, available, version, why }) =>
        `  ${kind.padEnd(10)} ${available ? `available, ${version ?? ''}` : `not available: ${why ?? ''}`}`,
    ),
    '',
    ...findings.flatMap(({ level, subject, message, remedy }) => [
      `${marks[level]} ${subject}: ${message}`,
      ...(remedy === undefined ? [] : [`        → ${remedy}`]),
    ]),
  ].join('\n');
}

function describePython({ python, pythonFailure }: Diagnosis): string {
  if (python === undefined) return pythonFailure === undefined ? 'not found' : `does not start: ${pythonFailure}`;
  return `${python.version}, ${python.pip ? `with pip ${python.pipVersion ?? ''}` : 'without pip'} (${python.executable})`;
}

function size(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
