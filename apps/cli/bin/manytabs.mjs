#!/usr/bin/env node
// Builds what the sources ask for, then runs the command.
import { ensureBuilt } from '../../../scripts/run.mjs';

await ensureBuilt();
await import('../../../dist/node/manytabs.mjs');
