const FINGERPRINT = /^a=fingerprint:(\S+) ([0-9A-Fa-f:]+)\s*$/m;

/**
 * What both ends of a WebRTC connection know of it and nobody in between can have made: the fingerprints of both
 * certificates, which DTLS has checked. In order, so that both ends have the same bytes.
 */
export function dtlsBinding(
  localSdp: string | undefined,
  remoteSdp: string | undefined,
): Uint8Array | undefined {
  const ends = [fingerprintOf(localSdp), fingerprintOf(remoteSdp)];
  if (ends.includes(undefined)) return undefined;
  return new TextEncoder().encode(ends.sort().join(' '));
}

function fingerprintOf(sdp: string | undefined): string | undefined {
  const [, hash, digits] = FINGERPRINT.exec(sdp ?? '') ?? [];
  return hash && digits && `${hash.toLowerCase()} ${digits.toUpperCase()}`;
}
