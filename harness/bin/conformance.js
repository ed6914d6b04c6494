#!/usr/bin/env node
import { runProgram } from '@stargan/backend';
import { conformanceCommand } from '../dist/conformance/command.js';

await runProgram(() => conformanceCommand(process.argv.slice(2)));
