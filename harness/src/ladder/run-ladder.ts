import path from 'node:path';
import { trainCandidate, type Candidate } from '../comparison/candidate.js';
import { measureCandidate, openJudging } from '../comparison/measure.js';
import type { Config } from '../config/schema.js';
import { writeReport } from '../report/write-report.js';
import { rungConfig, RUNGS, type RungName } from '@stargan/training';
import { writeLadder, type MeasuredRung } from './write-ladder.js';

/** What to climb, on what, and where to keep it. */
export interface LadderOptions {
  data: string;
  /** Folder of the ladder; every rung is a run below it. */
  out: string;
  rungs: readonly RungName[];
  /** What all rungs share; its iterations are the full model's. */
  base: Config;
  /** Takes lines of text about how far it is. */
  say: (line: string) => void;
  progress?: 'stdout' | 'stderr';
  /** Aborting it saves the rung that is being trained and ends. */
  signal?: AbortSignal;
}

/** What came of it: files and the table as text, or where it was stopped. */
export type LadderResult = { completed: true; json: string; html: string; text: string } | { completed: false; rung: RungName };

/**
 * Trains the rungs one after another, measures all alike and compares them. What is done already is kept, so the same
 * call goes on where one was stopped.
 *
 * @throws UsageError when a rung's folder holds a run of other settings
 */
export async function runLadder({ data, out, rungs, base, say, progress, signal }: LadderOptions): Promise<LadderResult> {
  const candidates = rungs.map((name): Candidate & { name: RungName } => ({
    name,
    title: RUNGS[name].title,
    run: path.join(out, name),
    data,
    config: rungConfig(base, name),
  }));
  for (const candidate of candidates) {
    say(`${candidate.name}  ${candidate.title}: ${candidate.config.iterations} iterations`);
    const outcome = await trainCandidate(candidate, { signal, progress });
    if (outcome === 'stopped') return { completed: false, rung: candidate.name };
    if (outcome === 'kept') say(`${candidate.name}  is there already`);
  }
  const measured = await measureRungs(candidates, data, base, { say, signal });
  const missing = candidates[measured.length];
  if (missing !== undefined) return { completed: false, rung: missing.name };
  return { completed: true, ...(await writeLadder(out, measured)) };
}

/** Measures the rungs and writes the report of each; those up to where it was stopped. */
async function measureRungs(
  candidates: readonly Candidate[],
  data: string,
  base: Config,
  { say, signal }: Pick<LadderOptions, 'say' | 'signal'>,
): Promise<MeasuredRung[]> {
  const judging = await openJudging(data, base, { say, signal });
  const measured: MeasuredRung[] = [];
  try {
    for (const candidate of candidates) {
      say(`${candidate.name}  measuring on held-out images`);
      const evaluation = await measureCandidate(candidate, judging, { say, signal });
      if (!evaluation.completed) return measured;
      await writeReport(candidate.run);
      measured.push({ candidate, evaluation });
    }
  } finally {
    judging.dispose();
  }
  return measured;
}
