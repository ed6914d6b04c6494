import type { Diagnosis, Finding } from './machine/diagnosis.js';
import { formatCard } from './machine/nvidia.js';

const marks: Record<Finding['level'], string> = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' };

/**
 * A diagnosis as text for a terminal: the facts, the runtimes, then the findings with their remedies.
 *
 * @param diagnosis as `inspectMachine` returns it
 */
export function formatDiagnosis(diagnosis: Diagnosis): string {
  const { processor, memory, cache, python, compiler, card, runtimes, findings } = diagnosis;
  const facts = [
    ['Node.js', `${diagnosis.node}, ${diagnosis.platform} ${diagnosis.arch}`],
    ['processor', `${processor.model}, ${String(processor.cores)} cores, ${String(diagnosis.threads)} threads used`],
    ['memory', `${size(memory.totalBytes)}, ${size(memory.freeBytes)} free`],
    ['card', card === undefined ? 'no NVIDIA card' : formatCard(card)],
    ['cache', `${cache.folder}, ${size(cache.freeBytes)} free`],
    ['python', python === undefined ? 'not found' : `${python.version}, ${python.pip ? 'with' : 'without'} pip (${python.executable})`],
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

function size(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
