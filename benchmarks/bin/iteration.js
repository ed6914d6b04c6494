#!/usr/bin/env node
import { runProgram } from '@stargan/backend';
import { iterationCommand, runCommand } from '../dist/index.js';

await runProgram(() => runCommand(iterationCommand(), process.argv.slice(2)));
