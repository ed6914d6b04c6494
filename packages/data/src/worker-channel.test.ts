import { describe, expect, test } from 'vitest';
import { workerChannel } from './worker-channel.js';

const answers = new URL('../dist/worker-answers.js', import.meta.url).href;

/** A worker made of these statements, with `answerRequests` at hand. */
function workerOf(statements: string): URL {
  const source = `import { answerRequests } from ${JSON.stringify(answers)};\n${statements}`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

describe('workerChannel', () => {
  test('answers requests in their order', async () => {
    const slowFirst =
      'answerRequests(async (n) => { await new Promise((done) => setTimeout(done, n === 1 ? 40 : 0)); return { answer: n * 2 }; });';
    const channel = workerChannel<number, number>(workerOf(slowFirst), undefined);
    const asked = [1, 2, 3].map((n) => channel.ask(n));
    expect(await channel.keepAliveFor(Promise.all(asked))).toEqual([2, 4, 6]);
    await channel.close();
  });

  test('rejects what is asked of a worker that exits, before and after', async () => {
    const channel = workerChannel<number, number>(workerOf('answerRequests(async (n) => process.exit(n));'), undefined);
    const [first, second] = [channel.ask(7), channel.ask(8)];
    await expect(first).rejects.toThrow('the worker thread ended with exit code 7');
    await expect(second).rejects.toThrow('exit code 7');
    await expect(channel.ask(9)).rejects.toThrow('exit code 7');
    await channel.close();
  });

  test('rejects with the error that ended the worker', async () => {
    const channel = workerChannel<number, number>(workerOf("answerRequests(async () => { throw new Error('out of luck'); });"), undefined);
    const [first, second] = [channel.ask(1), channel.ask(2)];
    await expect(first).rejects.toThrow('out of luck');
    await expect(second).rejects.toThrow('out of luck');
    await channel.close();
  });

  test('rejects when the worker cannot be loaded', async () => {
    const channel = workerChannel<number, number>(new URL('../dist/no-such-worker.js', import.meta.url), undefined);
    await expect(channel.ask(1)).rejects.toThrow('no-such-worker.js');
    await channel.close();
  });

  test('drops what is waiting when it is closed, and closes twice', async () => {
    const counting = 'answerRequests(async (n) => { await new Promise((done) => setTimeout(done, 20)); return { answer: n }; });';
    const channel = workerChannel<number, number>(workerOf(counting), undefined);
    const asked = [1, 2, 3].map((n) => channel.ask(n));
    const outcomes = Promise.allSettled(asked);
    await channel.close();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(channel.ask(4)).rejects.toThrow('the worker thread was closed');
    await channel.close();
  });
});
