import { selectRuntime } from '@stargan/backend';

// Every test file gets the fastest runtime of the machine, or the one that STARGAN_BACKEND names; with one thread for an operation,
// since the models are small and two files are tested at a time. TensorFlow has read that when it is loaded: what is left alone is how
// many threads the large native kernels use, and those that a training or another program chooses.
const wanted = process.env.TF_NUM_INTRAOP_THREADS;
await selectRuntime({ quiet: true, ...(wanted === undefined && { threads: 1 }) });
if (wanted === undefined) delete process.env.TF_NUM_INTRAOP_THREADS;
