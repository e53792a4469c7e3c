import { expect, test } from 'vitest';
import {
  base32,
  jobId,
  jobIdSchema,
  shardId,
  shardIdSchema,
  volunteerId,
  volunteerIdSchema,
} from './ids.ts';

const bytes = Uint8Array.from({ length: 32 }, (_, i) => i * 7);

test('[WI16] ids that are made are ids that are accepted', () => {
  expect(jobIdSchema.safeParse(jobId(bytes)).success).toBe(true);
  expect(volunteerIdSchema.safeParse(volunteerId(bytes)).success).toBe(true);
  expect(shardIdSchema.safeParse(shardId(bytes)).success).toBe(true);
  for (const bad of ['', 'j', `j${'A'.repeat(20)}`, 'v../../etc/passwd', 5, null]) {
    expect(jobIdSchema.safeParse(bad).success).toBe(false);
    expect(volunteerIdSchema.safeParse(bad).success).toBe(false);
    expect(shardIdSchema.safeParse(bad).success).toBe(false);
  }
});

test('[WI16] base 32 is RFC 4648 in lower case', () => {
  expect(base32(new TextEncoder().encode('foobar'), 10)).toBe('mzxw6ytboi');
});
