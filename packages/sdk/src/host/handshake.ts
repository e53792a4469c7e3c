import {
  GridError,
  helloBytes,
  type Link,
  type VolunteerId,
  type VolunteerMessage,
  volunteerId,
} from '@manytabs/protocol';
import { ed25519Verify, sha256 } from '../identity/crypto.ts';

type Join = Extract<VolunteerMessage, { type: 'join' }>;

/**
 * Whose key signed this link's nonce, and its two ends where the road shows them. The identity and the peer id derive
 * from the key, so neither can be borrowed.
 * @throws {GridError} `identity-refused`
 */
export function verifyJoin(
  join: Join,
  nonce: Uint8Array,
  link: Pick<Link, 'binding'>,
): VolunteerId {
  const signed = helloBytes(nonce, join.peer, link.binding);
  if (!ed25519Verify(join.signature, signed, join.publicKey)) {
    throw new GridError('identity-refused', 'The signature does not fit the identity.');
  }
  const volunteer = volunteerId(sha256(join.publicKey));
  if (`${join.peer}-`.startsWith(`${volunteer}-`)) return volunteer;
  throw new GridError('identity-refused', 'The peer id is of another identity.');
}
