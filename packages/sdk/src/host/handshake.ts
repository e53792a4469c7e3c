import {
  GridError,
  helloBytes,
  type VolunteerId,
  type VolunteerMessage,
  volunteerId,
} from '@manytabs/protocol';
import { ed25519Verify, sha256 } from '../identity/crypto.ts';

type Join = Extract<VolunteerMessage, { type: 'join' }>;

/**
 * Whose key signed this link's nonce. The identity derives from the key, so it cannot be borrowed.
 * @throws {GridError} `identity-refused`
 */
export function verifyJoin(join: Join, nonce: Uint8Array): VolunteerId {
  const signed = helloBytes(nonce, join.peer);
  if (!ed25519Verify(join.signature, signed, join.publicKey)) {
    throw new GridError('identity-refused', 'The signature does not fit the identity.');
  }
  return volunteerId(sha256(join.publicKey));
}
