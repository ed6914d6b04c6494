#!/usr/bin/env node
import { runProgram } from '@stargan/backend';
import { conformanceCommand } from '../dist/command.js';

await runProgram(() => conformanceCommand(process.argv.slice(2)));
