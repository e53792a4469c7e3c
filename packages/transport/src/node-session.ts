import { isIP } from 'node:net';
import { GridError, type PeerId } from '@manytabs/protocol';
import { type DataChannel, PeerConnection, type RtcConfig } from 'node-datachannel';
import { dtlsBinding } from './binding.ts';
import { malformed } from './frames.ts';
import { LaneLink } from './lanes.ts';
import { BULK_CHANNEL_ID, TRANSPORT_LIMITS, WEBRTC_LINGER_MS } from './limits.ts';
import { withoutOwn } from './own-address.ts';
import type { OfferPayload, RelayedSignal, ServerSignal } from './signals.ts';

const CANDIDATES_MAX = 64;

export interface NodeSessionOptions {
  readonly peer: PeerId;
  readonly connectionId: string;
  readonly config: RtcConfig;
  send(signal: RelayedSignal): void;
  /** The control channel is open. */
  opened(link: LaneLink): void;
  /** The native objects are gone. Called once. */
  disposed(reason: GridError): void;
}

type CandidatePayload = Extract<ServerSignal, { type: 'CANDIDATE' }>['payload'];

/** One native connection, from the first offer to the last byte. */
export class NodeSession {
  readonly #options: NodeSessionOptions;
  readonly #connection: PeerConnection;
  readonly #bulk: DataChannel;
  #control: DataChannel | undefined;
  #link: LaneLink | undefined;
  #early: CandidatePayload[] = [];
  /**
   * Our candidates wait for the answer. libdatachannel starts ICE before it stores the fingerprint of a remote
   * description, so a check that is already on its way then ends in "certificate verify failed".
   */
  #withheld: (() => void)[] = [];
  #candidates = 0;
  #hasRemote = false;
  #isBulkOpen = false;
  #isDisposed = false;
  #linger: NodeJS.Timeout | undefined;

  constructor(options: NodeSessionOptions) {
    this.#options = options;
    this.#connection = new PeerConnection(options.peer, options.config);
    this.#listen(this.#connection);
    this.#bulk = this.#connection.createDataChannel('bulk', {
      negotiated: true,
      id: BULK_CHANNEL_ID,
    });
    this.#listenBulk(this.#bulk);
  }

  /** Makes the offer. */
  call(): void {
    if (this.#isDisposed) return;
    this.#useControl(this.#connection.createDataChannel(this.#options.connectionId));
    this.#connection.setLocalDescription('offer');
  }

  /**
   * Answers. The caller becomes the DTLS client: a first flight that comes before ICE is done here is dropped, and a
   * browser sends it again after 50 ms, libdatachannel only after a second.
   */
  takeOffer({ sdp }: OfferPayload): void {
    this.#setRemote(sdp.sdp.replace('a=setup:actpass', 'a=setup:active'), 'offer');
    if (!this.#isDisposed) this.#connection.setLocalDescription('answer');
  }

  takeAnswer(sdp: string): void {
    if (!this.#hasRemote) this.#setRemote(sdp, 'answer');
  }

  takeCandidate(payload: CandidatePayload): void {
    if (this.#isDisposed || ++this.#candidates > CANDIDATES_MAX) return;
    // A candidate before the description throws in libdatachannel.
    if (this.#hasRemote) this.#addCandidate(payload);
    else this.#early.push(payload);
  }

  /** Says goodbye first where there is a link to say it on. */
  close(): void {
    if (this.#link) this.#link.close();
    else this.dispose(new GridError('closed', 'The endpoint was closed.'));
  }

  /** Ends it without a word; the link, where there is one, is lost. */
  dispose(reason: GridError): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    clearTimeout(this.#linger);
    this.#link?.lost(reason);
    this.#connection.close();
    this.#options.disposed(reason);
  }

  #listen(connection: PeerConnection): void {
    connection.onLocalDescription((sdp, type) => this.#describe(sdp, type));
    connection.onLocalCandidate((candidate, mid) => this.#offerCandidate(candidate, mid));
    connection.onDataChannel((channel) => this.#useControl(channel));
    connection.onStateChange((state) => {
      if (state === 'failed' || state === 'closed') this.#broke();
    });
  }

  #describe(sdp: string, type: string): void {
    const { peer: dst, connectionId } = this.#options;
    if (this.#isDisposed) return;
    const common = { type: 'data', connectionId } as const;
    if (type === 'offer') {
      const format = { serialization: 'raw', reliable: true, label: connectionId } as const;
      const payload = { ...common, ...format, sdp: { type, sdp } } as const;
      this.#options.send({ type: 'OFFER', dst, payload });
    } else if (type === 'answer') {
      this.#options.send({ type: 'ANSWER', dst, payload: { ...common, sdp: { type, sdp } } });
    }
  }

  #offerCandidate(candidate: string, sdpMid: string): void {
    const { peer: dst, connectionId } = this.#options;
    const payload = {
      type: 'data',
      connectionId,
      candidate: { candidate, sdpMid, sdpMLineIndex: 0 },
    } as const;
    const send = () => this.#options.send({ type: 'CANDIDATE', dst, payload });
    if (this.#hasRemote) send();
    else this.#withheld.push(send);
  }

  #setRemote(sdp: string, type: 'offer' | 'answer'): void {
    try {
      this.#connection.setRemoteDescription(sdp, type);
    } catch (cause) {
      this.dispose(new GridError('frame-malformed', `The ${type} is not valid.`, { cause }));
      return;
    }
    this.#hasRemote = true;
    for (const send of this.#withheld.splice(0)) send();
    for (const payload of this.#early.splice(0)) this.#addCandidate(payload);
  }

  #addCandidate({ candidate }: CandidatePayload): void {
    // A name would make us ask the DNS for whatever a stranger wrote; a tab's mDNS name leads nowhere anyway, and its
    // checks to our own candidates show its address.
    if (isIP(candidate.candidate.split(' ')[4] ?? '') === 0) return;
    try {
      this.#connection.addRemoteCandidate(candidate.candidate, candidate.sdpMid ?? '0');
    } catch {
      // One candidate that libdatachannel cannot read is one address less to try.
    }
  }

  #useControl(channel: DataChannel): void {
    if (this.#control) {
      this.dispose(new GridError('frame-unexpected', 'A third channel was opened.'));
      return;
    }
    this.#control = channel;
    channel.setBufferedAmountLowThreshold(TRANSPORT_LIMITS.LOW_WATER_BYTES);
    channel.onOpen(() => this.#opened(channel));
    channel.onMessage((message) => this.#receive('control', message));
    channel.onBufferedAmountLow(() => this.#link?.drained());
    channel.onClosed(() => this.#broke());
    if (channel.isOpen()) this.#opened(channel);
  }

  #listenBulk(channel: DataChannel): void {
    channel.setBufferedAmountLowThreshold(TRANSPORT_LIMITS.LOW_WATER_BYTES);
    channel.onMessage((message) => this.#receive('bulk', message));
    channel.onBufferedAmountLow(() => this.#link?.drained());
    channel.onClosed(() => this.#broke());
    channel.onOpen(() => {
      this.#isBulkOpen = true;
      this.#link?.drained();
    });
  }

  #opened(control: DataChannel): void {
    if (this.#link || this.#isDisposed) return;
    const link = new LaneLink({
      peer: this.#options.peer,
      road: 'webrtc',
      address: withoutOwn(this.#connection.getSelectedCandidatePair()?.remote.address),
      binding: dtlsBinding(
        this.#connection.localDescription()?.sdp,
        this.#connection.remoteDescription()?.sdp,
      ),
      control: {
        write: (frame) => void control.sendMessageBinary(frame),
        bufferedBytes: () => control.bufferedAmount(),
      },
      bulk: {
        write: (frame) => void this.#bulk.sendMessageBinary(frame),
        bufferedBytes: () => (this.#isBulkOpen ? this.#bulk.bufferedAmount() : Infinity),
      },
      pieceBytes: TRANSPORT_LIMITS.WEBRTC_PIECE_BYTES,
      windowBytesMax: TRANSPORT_LIMITS.LIBDATACHANNEL_WINDOW_BYTES,
      end: (how) => (how === 'now' ? this.#broke() : this.#letPeerClose()),
    });
    this.#link = link;
    link.start();
    this.#options.opened(link);
  }

  #receive(lane: 'control' | 'bulk', message: string | Buffer | ArrayBuffer): void {
    if (typeof message === 'string') this.#link?.close(malformed('A text message.'));
    else if (message instanceof ArrayBuffer) this.#link?.receive(lane, new Uint8Array(message));
    else {
      const { buffer, byteOffset, length } = message;
      this.#link?.receive(lane, new Uint8Array(buffer, byteOffset, length));
    }
  }

  /** Closing the native connection drops what is under way, so whoever hears the goodbye closes it. */
  #letPeerClose(): void {
    this.#linger = setTimeout(() => this.#broke(), WEBRTC_LINGER_MS);
  }

  #broke(): void {
    const { peer } = this.#options;
    this.dispose(new GridError('connection-lost', `The connection to ${peer} broke.`));
  }
}
