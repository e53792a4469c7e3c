import type { PeerId } from '@manytabs/protocol';

/** Who hosts a grid, and which PeerServer leads there. */
export interface HostedBy {
  readonly peer: PeerId;
  readonly signalling: string;
}

/** The volunteers' address of a grid in a tab: `…/#host=PEER`, and the PeerServer where it is not the page's own. */
export function joinLink(page: string, { peer, signalling }: HostedBy): string {
  const url = new URL(page);
  const parts = new URLSearchParams({ host: peer });
  if (signalling !== url.origin + url.pathname) parts.set('signal', signalling);
  url.hash = parts.toString();
  return url.href;
}
