export { benchCommand } from './bench-command.js';
export { runCommand } from './exit-code.js';
export { iterationCommand } from './iteration/command.js';
