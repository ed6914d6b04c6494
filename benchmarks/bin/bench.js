#!/usr/bin/env node
import { benchCommand, runCommand } from '../dist/index.js';

await runCommand(benchCommand(), process.argv.slice(2));
