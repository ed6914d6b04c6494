import { chooseThreads, freeBytes, memoryBudget, type CountedWork, type MemoryBudget, type PlannedRuntime } from '@stargan/backend';

const runtime: PlannedRuntime = { kind: 'wasm' };
const budget: MemoryBudget = await memoryBudget(runtime);
const work: CountedWork = { flops: 1e9, launches: 100 };
console.log(budget.availableBytes, chooseThreads(work), await freeBytes('.'));
