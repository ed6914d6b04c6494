import type { NvidiaCard } from './nvidia.js';
import type { System } from './system.js';

/** Why TensorFlow sees no card, and what to do about it. */
export interface Obstacle {
  readonly why: string;
  readonly remedy: string;
}

/** CUDA 12, which TensorFlow's wheel brings, runs on drivers from this version on. */
const oldestDriver = 525;

/** A driver that CUDA 12 does not run on; undefined where it does, or where its version is not known. */
export function oldDriver({ driver }: NvidiaCard): Obstacle | undefined {
  if (!(Number.parseInt(driver, 10) < oldestDriver)) return undefined;
  return {
    why: `the NVIDIA driver is version ${driver}, and CUDA 12 needs ${String(oldestDriver)} or later`,
    remedy: `Install an NVIDIA driver of version ${String(oldestDriver)} or later, then install again.`,
  };
}

/** The first thing in the way of a card, of those that TensorFlow itself does not tell apart. */
export function findObstacle(card: NvidiaCard, system: System): Obstacle | undefined {
  return oldDriver(card) ?? hidden(system) ?? withoutDevices(system) ?? withoutLibrary(system);
}

/** Changes with whatever may make a card usable that was not; what was refused for is tried again then. */
export function cardState(card: NvidiaCard, system: System): string {
  const obstacle = findObstacle(card, system)?.why ?? '';
  return [card.name, card.driver, system.env.CUDA_VISIBLE_DEVICES ?? 'all', obstacle].join('; ');
}

function hidden({ env }: System): Obstacle | undefined {
  const visible = env.CUDA_VISIBLE_DEVICES?.trim();
  if (visible === undefined) return undefined;
  if (visible !== '' && !/^(-\d+|none|void|NoDevFiles)/i.test(visible)) return undefined;
  return {
    why: `CUDA_VISIBLE_DEVICES is ${visible === '' ? 'empty' : visible}, which hides every card`,
    remedy: 'Unset CUDA_VISIBLE_DEVICES, or name a card with it, such as 0.',
  };
}

function withoutDevices(system: System): Obstacle | undefined {
  // On Windows' subsystem for Linux the card is behind another device.
  if (system.exists('/dev/dxg')) return undefined;
  const missing = ['/dev/nvidia0', '/dev/nvidiactl', '/dev/nvidia-uvm'].filter((device) => !system.exists(device));
  if (missing.length === 0) return undefined;
  // Of several cards a container may have others than the first.
  if (missing.join() === '/dev/nvidia0' && system.exists('/dev/nvidiactl')) return undefined;
  if (inContainer(system)) {
    return {
      why: `this container was started without the NVIDIA runtime: there is no ${missing.join(', ')}`,
      remedy: 'Install the NVIDIA Container Toolkit on the host and start the container with `--gpus all`.',
    };
  }
  if (missing.join() === '/dev/nvidia-uvm') {
    return {
      why: 'there is no /dev/nvidia-uvm, so the module nvidia_uvm is not loaded',
      remedy: 'Load it: `sudo modprobe nvidia_uvm`, or `sudo nvidia-modprobe -u -c=0`.',
    };
  }
  return {
    why: `the driver has made no device files: there is no ${missing.join(', ')}`,
    remedy:
      'Load the driver (`sudo modprobe nvidia`, or start the machine again after its installation), and see that `nvidia-smi` lists the card.',
  };
}

function withoutLibrary(system: System): Obstacle | undefined {
  const folders = [
    ...(system.env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== ''),
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/lib64',
    '/usr/lib',
    '/lib64',
    '/usr/local/cuda/compat',
    '/usr/local/nvidia/lib64',
    '/usr/lib/wsl/lib',
    '/run/opengl-driver/lib',
    '/usr/lib64/nvidia',
    '/usr/lib/nvidia',
  ];
  if (folders.some((folder) => system.exists(`${folder}/libcuda.so.1`))) return undefined;
  if ((system.read('/etc/ld.so.cache') ?? '').includes('libcuda.so.1')) return undefined;
  return {
    why: "the driver's library libcuda.so.1 is not there",
    remedy: inContainer(system)
      ? 'Start the container with `--gpus all` and NVIDIA_DRIVER_CAPABILITIES=compute,utility.'
      : "Install the driver's CUDA library (Debian: `apt-get install libcuda1`; Ubuntu: `libnvidia-compute-` and the driver's version).",
  };
}

function inContainer(system: System): boolean {
  if (system.exists('/.dockerenv') || system.exists('/run/.containerenv') || system.env.KUBERNETES_SERVICE_HOST !== undefined) return true;
  return /docker|containerd|kubepods|libpod|lxc/.test(system.read('/proc/1/cgroup') ?? '') || system.env.container !== undefined;
}
