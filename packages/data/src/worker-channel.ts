import { Worker } from 'node:worker_threads';
import { closeRequest } from './worker-answers.js';

/** A worker thread that answers requests in their order. */
export interface WorkerChannel<Request, Answer> {
  /**
   * Hands a request over at once: the worker begins even if this thread never turns its event loop.
   * @returns the answer; rejected when the worker ends without one
   */
  ask(request: Request): Promise<Answer>;
  /** Keeps Node running until the promise is settled; between calls the worker does not. */
  keepAliveFor<Value>(promise: Promise<Value>): Promise<Value>;
  /** Ends the worker after the request under way; further ones are dropped. */
  close(): Promise<void>;
}

/** A worker that has not ended by then (reading from a dead network disk, say) is stopped. */
const closeMilliseconds = 5000;

/** @param file a module that calls `answerRequests` */
export function workerChannel<Request, Answer>(file: URL, workerData: unknown): WorkerChannel<Request, Answer> {
  // Node's own options of this process (`--eval`, loaders) are not for the worker.
  const worker = new Worker(file, { workerData, execArgv: [] });
  const waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  let ended: Error | undefined;
  let keepers = 0;

  function end(error: Error): void {
    ended ??= error;
    for (const { reject } of waiting.splice(0)) reject(ended);
  }

  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      end(new Error(`the worker thread ended with exit code ${code}`));
      resolve();
    });
  });
  worker.on('message', (answer: Answer) => waiting.shift()?.resolve(answer));
  worker.on('messageerror', end);
  worker.on('error', (error: unknown) => end(error instanceof Error ? error : new Error(String(error))));
  // After the listeners, since the one for messages would keep Node running again.
  worker.unref();

  async function keepAliveFor<Value>(promise: Promise<Value>): Promise<Value> {
    if (keepers++ === 0) worker.ref();
    try {
      return await promise;
    } finally {
      if (--keepers === 0) worker.unref();
    }
  }

  return {
    ask(request) {
      return new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(ended);
          return;
        }
        waiting.push({ resolve, reject });
        worker.postMessage(request);
      });
    },
    keepAliveFor,
    async close() {
      end(new Error('the worker thread was closed'));
      worker.postMessage(closeRequest);
      const timer = setTimeout(() => void worker.terminate(), closeMilliseconds);
      await keepAliveFor(exited);
      clearTimeout(timer);
    },
  };
}
