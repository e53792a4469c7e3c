import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { coordinatorMessageSchema } from './messages/coordinator.ts';
import { submitterMessageSchema, toSubmitterMessageSchema } from './messages/submitter.ts';
import { tabMessageSchema, volunteerMessageSchema } from './messages/volunteer.ts';
import { PROTOCOL_VERSION } from './version.ts';
import { z } from './zod.ts';

/** One line a version. A shape that changed without a new version fails here, before it fails between two tabs. */
const PINNED: Readonly<Record<number, string>> = {
  1: '82f18d7330a978c0',
  2: 'a312f88b62f0094d',
};

test('[WI14] the shapes of all messages belong to the version', () => {
  const schemas = {
    coordinatorMessageSchema,
    submitterMessageSchema,
    toSubmitterMessageSchema,
    tabMessageSchema,
    volunteerMessageSchema,
  };
  const shapes = Object.entries(schemas).map(([name, schema]) => [
    name,
    z.toJSONSchema(schema, { unrepresentable: 'any' }),
  ]);
  const digest = createHash('sha256').update(JSON.stringify(shapes)).digest('hex').slice(0, 16);
  expect(digest).toBe(PINNED[PROTOCOL_VERSION]);
});
