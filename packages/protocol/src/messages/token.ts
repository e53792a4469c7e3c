import { z } from '../zod.ts';
import { countSchema } from './common.ts';

// What a token allows.

/**
 * `admin`: everything. `submit`: its own jobs. `volunteer`: to be believed, or to join a private grid. `embed`: to
 * donate from a site.
 */
export const scopeSchema = z.enum(['submit', 'admin', 'volunteer', 'embed']);
export type Scope = z.infer<typeof scopeSchema>;

/** Names a token; no secret. 12 base-32 characters. */
export const tokenIdSchema = z.string().check(z.regex(/^[a-z2-7]{12}$/));

/** Bounds of one token, below those of the grid. */
export const quotaSchema = z.object({
  /** Jobs that have not ended. */
  jobs: z.optional(countSchema),
  /** Tasks of one job. */
  tasks: z.optional(countSchema),
  /** Bytes uploaded a day. */
  bytes: z.optional(countSchema),
  /** Files, and bytes of files, stored at a time. */
  files: z.optional(countSchema),
  stored: z.optional(countSchema),
});
export type Quota = z.infer<typeof quotaSchema>;

/** What the owner sees of a token: all but the token. */
export interface TokenView {
  readonly id: string;
  readonly scope: Scope;
  readonly name: string;
  readonly origins: readonly string[];
  readonly trusted: boolean;
  readonly quota: Quota;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  readonly state: 'valid' | 'expired' | 'revoked';
  /** Of a site key that was used. */
  readonly use?: SiteUse | undefined;
}

/** What came of one site key, over all pages that show its widget. */
export interface SiteUse {
  /** Times the widget was shown. */
  readonly shown: number;
  /** Of these, times a visitor had allowed it, so that it connected. */
  readonly allowed: number;
  /** Tasks that failed there. */
  readonly failed: number;
  /** Of one core, as its tabs tell it, and no more than they can have had. */
  readonly busyMs: number;
  /** Pages and tabs that were refused, by code. */
  readonly refused: Readonly<Record<string, number>>;
  /** When it was last shown or used. */
  readonly lastAt: number;
}
