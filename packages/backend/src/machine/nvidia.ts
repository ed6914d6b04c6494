import { thisSystem, type System } from './system.js';

/** An NVIDIA card that its driver knows. */
export interface NvidiaCard {
  /** Its name, as the driver gives it. */
  readonly name: string;
  /** Version of the driver, or `unknown`. */
  readonly driver: string;
  /** Total memory in MiB; unknown where only the kernel module was seen. */
  readonly memoryMiB?: number;
}

const moduleVersionFile = '/proc/driver/nvidia/version';

/**
 * The first NVIDIA card, asked of `nvidia-smi`, or of the kernel module where that program is absent (slim
 * containers). Undefined without one.
 *
 * @param system what is asked of the machine, this one by default; tests give one of their own
 */
export async function findNvidiaCard(system: System = thisSystem()): Promise<NvidiaCard | undefined> {
  const answer = await system.run('nvidia-smi', ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader,nounits'], {
    timeoutMs: 20_000,
  });
  if (answer.status === 0) {
    const [name, driver, memory] = (answer.stdout.split('\n')[0] ?? '').split(',').map((field) => field.trim());
    if (name && driver) {
      const memoryMiB = Number(memory);
      return { name, driver, memoryMiB: Number.isFinite(memoryMiB) && memoryMiB > 0 ? memoryMiB : undefined };
    }
  }
  const module = system.read(moduleVersionFile);
  if (module === undefined) return undefined;
  return { name: 'NVIDIA card', driver: /Kernel Module.*?\s(\d+\.\d+(?:\.\d+)?)\s/.exec(module)?.[1] ?? 'unknown' };
}

export function formatCard(card: NvidiaCard): string {
  const memory = card.memoryMiB === undefined ? '' : `, ${(card.memoryMiB / 1024).toFixed(1)} GiB`;
  return `${card.name}${memory}, driver ${card.driver}`;
}
