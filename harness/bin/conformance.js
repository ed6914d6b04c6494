#!/usr/bin/env node
import { conformanceCommand } from '../dist/conformance/command.js';

await conformanceCommand(process.argv.slice(2));
