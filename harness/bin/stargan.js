#!/usr/bin/env node
import { runProgram } from '@stargan/backend';
import { main } from '../dist/cli/main.js';

await runProgram(() => main(process.argv.slice(2)));
