import { workerChannel, type WorkerChannel } from './worker-channel.js';

/** Worker threads of one kind, each asked by its number. One that ends is started again, and asked again what it owed. */
export interface WorkerPool<Request, Answer> {
  /**
   * Hands a request over at once.
   * @returns the answer; rejected when workers have ended more often than they may be restarted
   */
  ask(worker: number, request: Request): Promise<Answer>;
  /** How often a worker was started again. */
  restarts(): number;
  /** Ends all workers. */
  close(): Promise<void>;
}

/** What a {@link workerPool} is made of. */
export interface WorkerPoolOptions {
  /** A module that calls `answerRequests`, whose answers depend on the request alone. */
  readonly file: URL;
  readonly workerData: unknown;
  readonly workers: number;
  /** How often, all workers together. */
  readonly maxRestarts: number;
}

export function workerPool<Request, Answer>({ file, workerData, workers, maxRestarts }: WorkerPoolOptions): WorkerPool<Request, Answer> {
  const start = (): WorkerChannel<Request, Answer> => workerChannel(file, workerData);
  const channels = Array.from({ length: workers }, start);
  let restarts = 0;
  let closed = false;

  /** Whether another worker is there to ask, in place of one that has ended. */
  function replace(worker: number, ended: WorkerChannel<Request, Answer>): boolean {
    if (closed) return false;
    // Of several requests that one owed, the first has had it replaced; they are asked again in their order.
    if (channels[worker] !== ended) return true;
    if (restarts === maxRestarts) return false;
    restarts += 1;
    channels[worker] = start();
    return true;
  }

  return {
    async ask(worker, request) {
      for (;;) {
        const channel = channels[worker]!;
        try {
          return await channel.ask(request);
        } catch (error) {
          if (!replace(worker, channel)) throw error;
        }
      }
    },
    restarts: () => restarts,
    async close() {
      closed = true;
      await Promise.all(channels.map((channel) => channel.close()));
    },
  };
}
