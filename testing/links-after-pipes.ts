import { statSync } from 'node:fs';

// Node.js follows no link to a module while what it looked at last with statSync was a named pipe or a socket: its realpathSync asks
// the numbers that are left of that. A test file that shares a process with one that has looked at a pipe would not find packages.
statSync('.');
