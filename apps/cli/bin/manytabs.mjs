#!/usr/bin/env node
// Builds what the sources ask for, then runs the command.
import { ensureBuilt, fail } from '../../../scripts/run.mjs';

await ensureBuilt().catch(({ message }) => fail(message));
await import('../../../dist/node/manytabs.mjs');
