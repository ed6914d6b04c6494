import { join } from 'node:path';
import { readPyTorchFile, writePyTorchFile, type PyTorchSource, type PyTorchSourceDict } from '@stargan/checkpoints';
import { exportPyTorch } from '../export-pytorch.js';

/** A dict of a file that tests change. */
export type ChangedDict = Map<string | number, PyTorchSource>;

/** The dict under a key. */
export const dictAt = (dict: PyTorchSourceDict, ...keys: readonly (string | number)[]): ChangedDict =>
  keys.reduce<PyTorchSource>(
    (value, key) => (Array.isArray(value) ? value[Number(key)] : (value as ChangedDict).get(key)) as PyTorchSource,
    dict,
  ) as ChangedDict;

/** Files of the reference that hold what a run does. */
export async function writeReferenceFiles(run: string, out: string): Promise<{ nets: string; averages: string; optims: string }> {
  const { files } = await exportPyTorch({ run, out });
  const [nets, averages, optims] = files.map(({ path }) => path);
  return { nets: nets!, averages: averages!, optims: optims! };
}

/** The same file with other content, in a folder beside it. */
export async function changed(path: string, to: string, change: (content: ChangedDict) => void): Promise<string> {
  const content = (await readPyTorchFile(path)) as unknown as ChangedDict;
  change(content);
  await writePyTorchFile(to, content);
  return to;
}

/** A path in a folder under the name that the reference gives its moving averages. */
export const averagesIn = (folder: string, name: string): string => join(folder, `${name}-000007_nets_ema.ckpt`);
