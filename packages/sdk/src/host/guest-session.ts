import {
  decodeFrame,
  GridError,
  type Lane,
  type Link,
  PROTOCOL_VERSION,
  submitterMessageSchema,
  toGridError,
  volunteerMessageSchema,
  z,
} from '@manytabs/protocol';
import { type Admission, admitSubmitter, admitVolunteer } from '../access/admission.ts';
import { randomBytes } from '../identity/crypto.ts';
import { FloodGate } from '../link/flood-gate.ts';
import { Outbox } from '../link/outbox.ts';
import type { CoordinatorHost } from './coordinator-host.ts';
import { verifyJoin } from './handshake.ts';
import { networkOf } from './network-of.ts';
import { SubmitterSession } from './submitter-session.ts';
import { type Arrival, VolunteerSession } from './volunteer-session.ts';

const firstMessageSchema = z.union([volunteerMessageSchema, submitterMessageSchema]);
type FirstMessage = z.infer<typeof firstMessageSchema>;

const HANDSHAKE_MS = 10_000;

/** Takes a frame and tells how many messages were in it; what it throws ends the link. */
interface Session {
  onFrame(lane: Lane, frame: Uint8Array): number;
}

/** A link before it has said what it is: it gets a nonce, and one frame and a few seconds to answer. */
export class GuestSession {
  readonly #host: CoordinatorHost;
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #nonce = randomBytes(32);
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #gate: FloodGate;
  #onward: Session | undefined;
  /** Who it said that it is, once that was believed. */
  #identity: string | undefined;
  #isRefused = false;

  constructor(host: CoordinatorHost, link: Link) {
    this.#host = host;
    this.#link = link;
    this.#outbox = new Outbox(link);
    this.#gate = new FloodGate(() => host.now());
    this.#timer = setTimeout(() => this.#refuse(late()), HANDSHAKE_MS);
    link.onClose(() => clearTimeout(this.#timer));
    link.onMessage((lane, frame) => this.#onFrame(lane, frame));
    const { grid } = host.options;
    const key = host.signer?.publicKey;
    const nonce = this.#nonce;
    this.#outbox.push({ type: 'challenge', version: PROTOCOL_VERSION, grid, nonce, key });
  }

  #onFrame(lane: Lane, frame: Uint8Array): void {
    if (this.#isRefused) return;
    try {
      this.#gate.frame();
      if (this.#onward) return this.#gate.messages(this.#onward.onFrame(lane, frame));
      const [first, ...more] = decodeFrame<FirstMessage>(frame, firstMessageSchema, 8_192);
      if (more.length > 0 || lane !== 'control') throw outOfTurn();
      this.#onward = this.#become(first);
      clearTimeout(this.#timer);
    } catch (thrown) {
      this.#refuse(toGridError(thrown, 'frame-malformed'));
    }
  }

  #become(first: FirstMessage | undefined): Session {
    const { doors, options } = this.#host;
    if (first?.type === 'join') {
      const arrival = this.#arrivalOf(first);
      const { signer } = this.#host;
      return new VolunteerSession(this.#host, this.#link, this.#outbox, arrival, {
        gate: this.#gate,
        signature: signer?.welcome(this.#nonce, arrival.volunteer, this.#link.binding),
      });
    }
    if (first?.type === 'attach') {
      const grant = admitSubmitter(options, first.token, this.#link);
      this.#identity = grant.id;
      doors.enter(grant.id);
      return new SubmitterSession(this.#host, this.#link, this.#outbox, grant);
    }
    throw outOfTurn();
  }

  /** @throws {GridError} `identity-refused`, and as `admitVolunteer` */
  #arrivalOf(join: Extract<FirstMessage, { type: 'join' }>): Arrival {
    const { doors, options } = this.#host;
    const { peer, workers, agent, memoryMB, engine } = join;
    const { road, address } = this.#link;
    const volunteer = verifyJoin(join, this.#nonce, this.#link);
    this.#identity = volunteer;
    const admission = this.#admit(join);
    doors.enter(volunteer, admission.token === undefined ? address : undefined);
    const { token, site } = admission;
    if (token !== undefined && site !== undefined) options.access?.sites?.onAllowed(token, peer);
    const network = options.isOneVotePerNetwork === false ? undefined : networkOf(address);
    return { volunteer, peer, workers, memoryMB, agent, engine, road, ...admission, network };
  }

  /** The owner of a site wants to know what its pages are refused for. */
  #admit(join: Extract<FirstMessage, { type: 'join' }>): Admission {
    const { options } = this.#host;
    try {
      return admitVolunteer(options, join);
    } catch (thrown) {
      const { code } = toGridError(thrown, 'token-refused');
      options.access?.sites?.onRefused(join.site ?? '', code);
      throw thrown;
    }
  }

  #refuse(reason: GridError): void {
    const { code, message } = reason;
    this.#isRefused = true;
    this.#host.doors.refused(code, { identity: this.#identity, address: this.#link.address });
    this.#host.options.note('warn', `refused ${this.#link.peer}: ${message}`, { code });
    this.#outbox.push({ type: 'reject', code, message });
    queueMicrotask(() => this.#link.close(reason));
  }
}

function late(): GridError {
  return new GridError('timeout', 'The other side did not introduce itself in time.');
}

function outOfTurn(): GridError {
  return new GridError('frame-unexpected', 'The first message must be join or attach.');
}
