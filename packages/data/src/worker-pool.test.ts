import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from './testing/temporary-directory.js';
import { workerPool, type WorkerPool } from './worker-pool.js';

const answers = new URL('../dist/worker-answers.js', import.meta.url).href;

/** Workers that double numbers; each ends instead when it meets `fatal`, as often as `deaths` says, in all. */
async function doublers(deaths: number, maxRestarts: number): Promise<WorkerPool<number, number>> {
  const log = join(await temporaryDirectory(), 'deaths');
  const source = `
    import { appendFileSync, existsSync, readFileSync } from 'node:fs';
    import { answerRequests } from ${JSON.stringify(answers)};
    const died = () => (existsSync(${JSON.stringify(log)}) ? readFileSync(${JSON.stringify(log)}, 'utf8').length : 0);
    answerRequests(async (n) => {
      if (n === 3 && died() < ${deaths}) { appendFileSync(${JSON.stringify(log)}, 'x'); process.exit(1); }
      return { answer: 2 * n };
    });`;
  const pool = workerPool<number, number>({
    file: new URL(`data:text/javascript,${encodeURIComponent(source)}`),
    workerData: undefined,
    workers: 2,
    maxRestarts,
  });
  onTestFinished(() => pool.close());
  return pool;
}

/** A worker does not keep Node running; a test that waits for one has to. */
async function awake<Value>(promise: Promise<Value>): Promise<Value> {
  const timer = setInterval(() => undefined, 1000);
  return promise.finally(() => clearInterval(timer));
}

describe('workerPool', () => {
  test('starts a worker again and asks it what the one before owed, in order', async () => {
    const pool = await doublers(2, 3);
    const asked = [1, 2, 3, 4, 5, 6].map((n) => pool.ask(n % 2, n));
    expect(await awake(Promise.all(asked))).toEqual([2, 4, 6, 8, 10, 12]);
    expect(pool.restarts()).toBe(2);
  });

  test('gives up after so many restarts, with the reason', async () => {
    const pool = await doublers(99, 2);
    await expect(awake(pool.ask(0, 3))).rejects.toThrow('the worker thread ended with exit code 1');
    expect(pool.restarts()).toBe(2);
  });

  test('starts nothing again once it is closed', async () => {
    const pool = await doublers(0, 3);
    const outcome = expect(pool.ask(0, 1)).rejects.toThrow('the worker thread was closed');
    await pool.close();
    await outcome;
    await expect(pool.ask(1, 2)).rejects.toThrow('the worker thread was closed');
    expect(pool.restarts()).toBe(0);
  });
});
