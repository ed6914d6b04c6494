import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openEventFile, type EventFile } from '@stargan/tensorboard';
import sharp from 'sharp';
import type { LogEntry } from './metric-log.js';

/** What TensorBoard shows of a run. Every write may fail by itself, and the next one tries again. */
export interface EventLog {
  /**
   * Writes all numbers of a line of a log.
   *
   * @param entry the iteration and the numbers
   * @param group what stands before their names, such as `speed/`
   */
  numbers(entry: LogEntry, group?: string): Promise<void>;
  /**
   * Writes grids, named `0001000-latent.png`, no larger than TensorBoard shows them.
   *
   * @param files paths of PNG files
   * @param iteration that they were drawn at
   */
  pictures(files: readonly string[], iteration: number): Promise<void>;
  /**
   * Writes values by name as a table.
   *
   * @param name of the table
   * @param values a row each
   * @param iteration that they hold from
   */
  table(name: string, values: Readonly<Record<string, unknown>>, iteration: number): Promise<void>;
  /**
   * Begins another file: what earlier ones hold of later iterations counts no more.
   *
   * @param iteration the last one that counts
   */
  restart(iteration: number): Promise<void>;
  /** Writes what is left, and closes the file. */
  close(): Promise<void>;
}

/** Largest height and width of pictures: TensorBoard keeps all of them in memory. */
const PICTURE_SIZE = 1024;

/**
 * The event files of a run; the file of this session is made at the first write.
 *
 * @param directory of the event files
 * @param iteration done by now: 0 in a new run
 */
export function createEventLog(directory: string, iteration: number): EventLog {
  let done = iteration;
  let opened: EventFile | undefined;
  const events = async (): Promise<EventFile> => (opened ??= await openEventFile(directory, done === 0 ? {} : { firstStep: done + 1 }));
  const close = async (): Promise<void> => {
    const file = opened;
    opened = undefined;
    await file?.close();
  };
  return {
    async numbers({ iteration: step, ...values }, group = '') {
      const named = Object.entries(values).map(([name, value]) => [group + name, value]);
      await (await events()).scalars(Object.fromEntries(named) as Record<string, number>, step);
    },
    async pictures(files, step) {
      for (const file of files) {
        const kind = path.basename(file, '.png').replace(/^\d+-/, '');
        await (await events()).image(`grids/${kind}`, await reduced(file), step);
      }
    },
    async table(name, values, step) {
      const cell = (value: unknown): string => String(value).replaceAll('|', '\\|').replaceAll('\n', ' ');
      const rows = Object.entries(values).map(([key, value]) => `| ${key} | ${cell(value)} |`);
      await (await events()).text(name, ['| key | value |', '| --- | --- |', ...rows].join('\n'), step);
    },
    async restart(last) {
      await close();
      done = last;
    },
    close,
  };
}

/** A PNG file, reduced where it is large. */
async function reduced(file: string): Promise<Buffer> {
  const picture = await readFile(file);
  const { width, height } = await sharp(picture).metadata();
  if (Math.max(width, height) <= PICTURE_SIZE) return picture;
  return sharp(picture).resize(PICTURE_SIZE, PICTURE_SIZE, { fit: 'inside' }).png().toBuffer();
}
