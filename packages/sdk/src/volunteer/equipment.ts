import type { Blobs, Transport } from '@manytabs/protocol';
import type { Runtime } from '@manytabs/runtime';
import type { Pins } from '../identity/grid-trust.ts';
import type { Identity } from '../identity/identity.ts';
import type { Alternatives } from '../link/alternatives.ts';

/** What a browser gives a donation; made on Start, so that nothing is loaded, stored or connected before. */
export interface Equipment {
  readonly identity: Identity;
  readonly runtime: Runtime;
  readonly blobs: Blobs;
  /** In order of preference; the first also reaches other tabs, if any does. */
  readonly transports: readonly Transport[];
  readonly alternatives?: Alternatives | undefined;
  readonly tabs: Transport | undefined;
  /** The first sign that the coordinator is gone, seconds before a WebRTC link tells. */
  readonly onPresenceLost?: ((listener: () => void) => void) | undefined;
  /** The grid's key as this browser remembers it; none remembers it for one shift. */
  readonly pins?: Pins | undefined;
  readonly agent: string;
}
