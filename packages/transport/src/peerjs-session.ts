import { GridError, type PeerId } from '@manytabs/protocol';
import type { DataConnection } from 'peerjs';
import { dtlsBinding } from './binding.ts';
import { malformed } from './frames.ts';
import { LaneLink } from './lanes.ts';
import { BULK_CHANNEL_ID, TRANSPORT_LIMITS, WEBRTC_LINGER_MS } from './limits.ts';

export interface PeerJsSessionOptions {
  readonly connection: DataConnection;
  /** The control channel is open. */
  opened(link: LaneLink): void;
  /** The connection is gone, whether it ever opened or not. Called once. */
  over(reason: GridError): void;
}

/**
 * One PeerJS connection with our frames on its channels. PeerJS's own sending, receiving and notion of death are left
 * aside: it queues without bound and does not hear of a tab that was closed.
 */
export class PeerJsSession {
  readonly #options: PeerJsSessionOptions;
  readonly #peer: PeerId;
  readonly #bulk: RTCDataChannel;
  #control: RTCDataChannel | undefined;
  #link: LaneLink | undefined;
  #isDisposed = false;
  #linger: ReturnType<typeof setTimeout> | undefined;

  /** To be called in the turn that made the connection, before its description is set. */
  constructor(options: PeerJsSessionOptions) {
    const { connection } = options;
    this.#options = options;
    this.#peer = connection.peer as PeerId;
    const { peerConnection } = connection;
    this.#bulk = peerConnection.createDataChannel('bulk', {
      negotiated: true,
      id: BULK_CHANNEL_ID,
    });
    this.#listen(this.#bulk, 'bulk');
    this.#bulk.addEventListener('open', () => this.#link?.drained());
    peerConnection.addEventListener('connectionstatechange', () => {
      const { connectionState } = peerConnection;
      if (connectionState === 'failed' || connectionState === 'closed') this.#broke();
    });
    connection.on('open', () => this.#opened(connection.dataChannel));
    connection.on('close', () => this.#broke());
    connection.on('error', () => this.#broke());
  }

  /** Says goodbye first where there is a link to say it on. */
  close(): void {
    if (this.#link) this.#link.close();
    else this.dispose(new GridError('closed', 'The endpoint was closed.'));
  }

  /** Ends it without waiting; the link, where there is one, is lost. */
  dispose(reason: GridError): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    clearTimeout(this.#linger);
    this.#link?.lost(reason);
    this.#options.connection.close();
    this.#options.over(reason);
  }

  #opened(control: RTCDataChannel): void {
    if (this.#isDisposed || control === this.#control) return;
    // PeerJS says "open" again for a second channel that a peer opens in band.
    if (this.#link) {
      this.#link.close(new GridError('frame-unexpected', 'A third channel was opened.'));
      return;
    }
    this.#control = control;
    const bulk = this.#bulk;
    const { peerConnection: pc } = this.#options.connection;
    this.#link = new LaneLink({
      peer: this.#peer,
      road: 'webrtc',
      binding: dtlsBinding(pc.localDescription?.sdp, pc.remoteDescription?.sdp),
      control: {
        write: (frame) => control.send(frame as Uint8Array<ArrayBuffer>),
        bufferedBytes: () => control.bufferedAmount,
      },
      bulk: {
        write: (frame) => bulk.send(frame as Uint8Array<ArrayBuffer>),
        bufferedBytes: () => (bulk.readyState === 'open' ? bulk.bufferedAmount : Infinity),
      },
      pieceBytes: TRANSPORT_LIMITS.WEBRTC_PIECE_BYTES,
      end: (how) => (how === 'now' ? this.#broke() : this.#letPeerClose()),
    });
    this.#listen(control, 'control');
    this.#link.start();
    this.#options.opened(this.#link);
  }

  #listen(channel: RTCDataChannel, lane: 'control' | 'bulk'): void {
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = TRANSPORT_LIMITS.LOW_WATER_BYTES;
    channel.addEventListener('bufferedamountlow', () => this.#link?.drained());
    channel.addEventListener('close', () => this.#broke());
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.#link?.receive(lane, new Uint8Array(data));
      else this.#link?.close(malformed('A text message.'));
    });
  }

  /** Closing the RTCPeerConnection drops what is under way, so whoever hears the goodbye closes it. */
  #letPeerClose(): void {
    this.#linger = setTimeout(() => this.#broke(), WEBRTC_LINGER_MS);
  }

  #broke(): void {
    this.dispose(new GridError('connection-lost', `The connection to ${this.#peer} broke.`));
  }
}
