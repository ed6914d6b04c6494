#!/usr/bin/env node
import { runProgram } from '@stargan/backend';
import { benchCommand, runCommand } from '../dist/index.js';

await runProgram(() => runCommand(benchCommand(), process.argv.slice(2)));
