#!/usr/bin/env node
import { runCommandLine } from '../dist/command.js';

process.exitCode = await runCommandLine(process.argv.slice(2));
