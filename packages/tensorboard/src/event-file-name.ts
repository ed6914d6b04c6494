import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';

const NAME = /^events\.out\.tfevents\.(\d{10})\./;

let opened = 0;

/**
 * The name of a new event file. TensorBoard reads the files of a folder in the order of their names, so the time in it is
 * later than that of every file there, even when the clock was set back or two files are opened in one second.
 *
 * @param directory folder of the event files; it exists
 */
export async function nextEventFileName(directory: string): Promise<string> {
  const times = (await readdir(directory)).flatMap((name) => NAME.exec(name)?.[1] ?? []);
  const now = Math.floor(Date.now() / 1000);
  const time = times.reduce((latest, text) => Math.max(latest, Number(text) + 1), now);
  const host = hostname().replace(/[^A-Za-z0-9-]/g, '_');
  return `events.out.tfevents.${`${time}`.padStart(10, '0')}.${host}.${process.pid}.${opened++}.v2`;
}
