import { selectRuntime } from '@stargan/backend';

// Every test file gets the fastest runtime of the machine, or the one that STARGAN_BACKEND names.
await selectRuntime({ quiet: true });
