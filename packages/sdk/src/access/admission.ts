import { GridError, type Link, type VolunteerMessage } from '@manytabs/protocol';
import type { HostOptions } from '../host/options.ts';
import { type Grant, requireOrigin, requireScope } from './grant.ts';

type Join = Extract<VolunteerMessage, { type: 'join' }>;

/** On what terms a volunteer is let in. */
export interface Admission {
  readonly trusted: boolean;
  readonly token: string | undefined;
  /** The site that embeds its page. */
  readonly site: string | undefined;
}

/**
 * Whoever gives no token donates where the grid is open. A token or a site key that is given must hold, and gives what
 * it says.
 * @throws {GridError} `token-missing`, `token-refused`, `token-expired`, `token-revoked`, `origin-refused`
 */
export function admitVolunteer(options: HostOptions, join: Join): Admission {
  if (join.site !== undefined) return admitFromSite(options, join.site, join.siteOrigin);
  if (join.token === undefined) {
    if (!options.isPrivate) return { trusted: false, token: undefined, site: undefined };
    throw new GridError('token-missing', 'This grid is private: donating takes a token too.');
  }
  const grant = requireScope(options.authorise(join.token), 'volunteer', 'admin');
  const trusted = join.trusted !== false && grant.trusted !== false;
  return { trusted, token: grant.id, site: undefined };
}

/** A site key is public, so it is the origin of its page that counts. */
function admitFromSite(options: HostOptions, key: string, origin: string | undefined): Admission {
  const grant = requireScope(options.authorise(key), 'embed');
  if (origin !== undefined && grant.origins?.includes(origin)) {
    return { trusted: false, token: grant.id, site: siteOf(grant.origins) };
  }
  const where = origin ?? 'a page that names no origin';
  throw new GridError('origin-refused', `This site key is not for ${where}.`);
}

/** One name for all origins of a key, and for the key that takes its place: neither is a way to a second vote. */
function siteOf(origins: readonly string[]): string | undefined {
  return origins.toSorted()[0];
}

/** @throws {GridError} `token-missing`, `token-refused`, `token-expired`, `token-revoked` */
export function admitSubmitter(options: HostOptions, token: string, link: Link): Grant {
  if (token === '') throw new GridError('token-missing', 'This grid wants a token.');
  const grant = requireScope(options.authorise(token), 'submit', 'admin');
  requireOrigin(grant, link.origin);
  return grant;
}
