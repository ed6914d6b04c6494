// tfjs-node 4.22 calls a function of Node.js that version 23 took away. Import this before it.
import util from 'node:util';

util.isNullOrUndefined ??= (value) => value === null || value === undefined;
