import { openEventFile, type EventFile, type EventFileOptions } from '@stargan/tensorboard';

const options: EventFileOptions = { firstStep: 3 };
const events: EventFile = await openEventFile('runs/first', options);
const losses: Record<string, number> = { 'loss/generator': 0.5 };
await events.scalars(losses, 3);
await events.scalar('rate', 1e-4, 3);
await events.image('grid', new Uint8Array(0), 3).catch((error: Error) => console.log(error.message));
await events.text('configuration', '| key | value |');
await events.close();
console.log(events.path);
