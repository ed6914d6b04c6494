#!/usr/bin/env node
import { runCommandLine } from '../dist/command.js';
import { runProgram } from '../dist/run-program.js';

await runProgram(() => runCommandLine(process.argv.slice(2)));
