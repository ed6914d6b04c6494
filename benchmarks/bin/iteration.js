#!/usr/bin/env node
import { iterationCommand, runCommand } from '../dist/index.js';

await runCommand(iterationCommand(), process.argv.slice(2));
