import type { PeerId } from '@manytabs/protocol';
import { type ForwardedSignal, TokenBucket } from '@manytabs/transport';
import type { Line, LineUser } from './line.ts';
import { PEERS_PER_MESSAGE, type PeersChange } from './opening.ts';

/** The signalling of this server's own tabs. */
export interface SignalDesk {
  peers(): readonly PeerId[];
  onCame(listener: (peer: PeerId) => void): void;
  onGone(listener: (peer: PeerId) => void): void;
  /** False where the receiver is not here. */
  deliver(signal: ForwardedSignal): boolean;
}

interface Far {
  readonly peers: Set<PeerId>;
  readonly signals: TokenBucket;
}

const FAR_PEERS_MAX = 20_000;
const SIGNAL_RATE = { burst: 20_000, perSecond: 2_000 };
/** What waits on a line belongs to jobs: a signal that would wait behind more is better tried again. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Lets tabs of different servers signal each other. Servers tell which tabs are theirs on every line between them, so a
 * signal takes one hop, whoever is nowhere is known at once, and no server speaks for a tab that it did not name.
 */
export class SignalExchange {
  readonly #now: () => number;
  readonly #lines = new Map<Line, Far>();
  #desk: SignalDesk | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  attach(desk: SignalDesk): void {
    this.#desk = desk;
    for (const line of this.#lines.keys()) tellAll(line, desk.peers());
    desk.onCame((peer) => this.#tell({ came: [peer], gone: [] }));
    desk.onGone((peer) => this.#tell({ came: [], gone: [peer] }));
  }

  join(line: Line): void {
    const signals = new TokenBucket(SIGNAL_RATE, this.#now());
    this.#lines.set(line, { peers: new Set(), signals });
    tellAll(line, this.#desk?.peers() ?? []);
  }

  leave(line: Line): void {
    this.#lines.delete(line);
  }

  /** What a line has to do with signals. */
  over(line: () => Line): Pick<LineUser, 'onPeers' | 'onSignal'> {
    return {
      onPeers: (change) => this.#onPeers(line(), change),
      onSignal: (signal) => this.#onSignal(line(), signal),
    };
  }

  /** False where no other server has the receiver, or the way there is full. */
  forward(signal: ForwardedSignal): boolean {
    for (const [line, { peers }] of this.#lines) {
      if (!peers.has(signal.dst) || line.bufferedBytes() > WAITING_BYTES_MAX) continue;
      line.signal(signal);
      return true;
    }
    return false;
  }

  #tell(change: PeersChange): void {
    for (const line of this.#lines.keys()) line.tellPeers(change);
  }

  #onPeers(line: Line, { came, gone }: PeersChange): void {
    const peers = this.#lines.get(line)?.peers;
    if (!peers) return;
    for (const peer of gone) peers.delete(peer);
    for (const peer of came) if (peers.size < FAR_PEERS_MAX) peers.add(peer);
  }

  #onSignal(line: Line, signal: ForwardedSignal): void {
    const far = this.#lines.get(line);
    if (!far?.signals.take(this.#now())) return;
    const { type, src, dst } = signal;
    // Who has expired is at no server any more.
    const isTheirs = type === 'EXPIRE' || far.peers.has(src);
    if (isTheirs && this.#desk?.deliver(signal)) return;
    if (isTheirs && (type === 'OFFER' || type === 'ANSWER')) {
      line.signal({ type: 'EXPIRE', src: dst, dst: src });
    }
  }
}

function tellAll(line: Line, peers: readonly PeerId[]): void {
  for (let at = 0; at < peers.length; at += PEERS_PER_MESSAGE) {
    line.tellPeers({ came: peers.slice(at, at + PEERS_PER_MESSAGE), gone: [] });
  }
}
