import { parentPort, type Transferable } from 'node:worker_threads';

/** Sent to a worker instead of a request: finish what is under way and end. */
export const closeRequest = 'close';

/**
 * The worker's end of a `workerChannel`: answers requests one after another, in their order.
 * @param answer gives the answer and the buffers that move with it instead of being copied
 */
export function answerRequests<Request, Answer>(
  answer: (request: Request) => Promise<{ answer: Answer; transfer?: Transferable[] }>,
): void {
  if (parentPort === null) throw new Error('answerRequests: must run in a worker thread, got the main thread; use workerChannel');
  const port = parentPort;
  let last: Promise<void> = Promise.resolve();
  let closing = false;

  async function handle(request: Request): Promise<void> {
    if (closing) return;
    const { answer: message, transfer } = await answer(request);
    port.postMessage(message, transfer);
  }

  port.on('message', (message: Request | typeof closeRequest) => {
    if (message === closeRequest) {
      closing = true;
      // Without the port nothing keeps the worker alive, once what is under way has ended.
      port.close();
      return;
    }
    last = last.then(() => handle(message));
  });
}
