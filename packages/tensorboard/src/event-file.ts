import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { appendRecords } from './append-records.js';
import { nextEventFileName } from './event-file-name.js';
import { DATA_CLASS_TENSOR, DT_STRING, encodeEvent, SESSION_START, type SummaryValue } from './messages.js';
import { pngSize } from './png-size.js';

/** An event file that is being written. Records are written in the order of the calls, whether or not they are awaited. */
export interface EventFile {
  /** The file's path. */
  readonly path: string;
  /**
   * Writes one number of a curve.
   *
   * @param tag name of the curve; TensorBoard groups by what stands before the first `/`
   * @param value stored as float32; NaN and infinities are shown as such
   * @param step whole number ≥ 0, such as the iteration
   */
  scalar(tag: string, value: number, step: number): Promise<void>;
  /**
   * Writes one number of each of several curves, as one record.
   *
   * @param values by tag
   * @param step whole number ≥ 0
   */
  scalars(values: Readonly<Record<string, number>>, step: number): Promise<void>;
  /**
   * Writes a picture.
   *
   * @param tag name of the row of pictures, in which a slider chooses the step
   * @param png bytes of a PNG file, which is kept as it is
   * @param step whole number ≥ 0
   * @throws Error when the bytes are no PNG
   */
  image(tag: string, png: Uint8Array, step: number): Promise<void>;
  /**
   * Writes a text.
   *
   * @param tag name of the text
   * @param markdown shown as Markdown
   * @param step whole number ≥ 0; 0 by default
   */
  text(tag: string, markdown: string, step?: number): Promise<void>;
  /** Waits until everything is written, and closes the file. Nothing can be written afterwards. */
  close(): Promise<void>;
}

/** Options of {@link openEventFile}. */
export interface EventFileOptions {
  /**
   * First step of a training that is resumed: TensorBoard then drops what earlier files of the folder hold of this step and
   * later ones, which are done again. Left out in a new training.
   */
  readonly firstStep?: number;
}

/**
 * Opens a new event file in a folder, which is made where it is missing. TensorBoard shows all files of a folder as one
 * run, so a resumed training opens another one. A process that is killed leaves at most a last record that is cut off,
 * which readers pass over; so does a write that fails, and the next one takes its place.
 *
 * ```js
 * const events = await openEventFile('runs/1');
 * await events.scalar('loss/generator', 0.5, 10);
 * await events.close();
 * ```
 *
 * @param directory folder of the run
 * @param options the first step, where a training is resumed
 * @throws as the system does when the folder or the file cannot be made
 */
export async function openEventFile(directory: string, options: EventFileOptions = {}): Promise<EventFile> {
  const { firstStep } = options;
  if (firstStep !== undefined) requireStep('firstStep', firstStep);
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, await nextEventFileName(directory));
  const records = appendRecords(await open(file, 'ax'));
  const now = (): number => Date.now() / 1000;
  const write = (value: readonly SummaryValue[], step: number): Promise<void> => {
    requireStep('step', step);
    return records.append(encodeEvent({ wallTime: now(), step, summary: { value } }));
  };
  try {
    await records.append(
      encodeEvent({ wallTime: now(), fileVersion: 'brain.Event:2', sourceMetadata: { writer: '@stargan/tensorboard' } }),
    );
    if (firstStep !== undefined)
      await records.append(encodeEvent({ wallTime: now(), step: firstStep, sessionLog: { status: SESSION_START } }));
  } catch (error) {
    await records.close().catch(() => undefined);
    throw error;
  }
  return {
    path: file,
    async scalar(tag, value, step) {
      await write([{ tag, simpleValue: value }], step);
    },
    async scalars(values, step) {
      const summary = Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue }));
      await write(summary, step);
    },
    async image(tag, png, step) {
      // Three channels are what the pictures decode to; TensorBoard itself looks at the file only.
      await write([{ tag, image: { ...pngSize(png), colorspace: 3, encodedImageString: png } }], step);
    },
    async text(tag, markdown, step = 0) {
      const metadata = { pluginData: { pluginName: 'text' }, dataClass: DATA_CLASS_TENSOR };
      const tensor = { dtype: DT_STRING, tensorShape: { dim: [{ size: 1 }] }, stringVal: [new TextEncoder().encode(markdown)] };
      await write([{ tag, metadata, tensor }], step);
    },
    close: () => records.close(),
  };
}

function requireStep(name: string, step: number): void {
  if (!Number.isSafeInteger(step) || step < 0) throw new Error(`${name} must be a whole number ≥ 0, got ${String(step)}`);
}
