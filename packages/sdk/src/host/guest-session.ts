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
import { admitSubmitter, admitVolunteer } from '../access/admission.ts';
import { randomBytes } from '../identity/crypto.ts';
import { Outbox } from '../link/outbox.ts';
import type { CoordinatorHost } from './coordinator-host.ts';
import { verifyJoin } from './handshake.ts';
import { SubmitterSession } from './submitter-session.ts';
import { VolunteerSession } from './volunteer-session.ts';

const firstMessageSchema = z.union([volunteerMessageSchema, submitterMessageSchema]);
type FirstMessage = z.infer<typeof firstMessageSchema>;

const HANDSHAKE_MS = 10_000;

/** A link before it has said what it is: it gets a nonce, and one frame and a few seconds to answer. */
export class GuestSession {
  readonly #host: CoordinatorHost;
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #nonce = randomBytes(32);
  readonly #timer: ReturnType<typeof setTimeout>;
  #onward: { onFrame(lane: Lane, frame: Uint8Array): void } | undefined;

  constructor(host: CoordinatorHost, link: Link) {
    this.#host = host;
    this.#link = link;
    this.#outbox = new Outbox(link);
    this.#timer = setTimeout(() => this.#refuse(late()), HANDSHAKE_MS);
    link.onClose(() => clearTimeout(this.#timer));
    link.onMessage((lane, frame) => this.#onFrame(lane, frame));
    const grid = host.options.grid;
    this.#outbox.push({ type: 'challenge', version: PROTOCOL_VERSION, grid, nonce: this.#nonce });
  }

  #onFrame(lane: Lane, frame: Uint8Array): void {
    if (this.#onward) return this.#onward.onFrame(lane, frame);
    try {
      const [first, ...more] = decodeFrame<FirstMessage>(frame, firstMessageSchema, 8_192);
      if (more.length > 0 || lane !== 'control') throw outOfTurn();
      this.#onward = this.#become(first);
      clearTimeout(this.#timer);
    } catch (thrown) {
      this.#refuse(toGridError(thrown, 'frame-malformed'));
    }
  }

  #become(first: FirstMessage | undefined) {
    if (first?.type === 'join') {
      const volunteer = verifyJoin(first, this.#nonce);
      const admission = admitVolunteer(this.#host.options, first);
      const arrival = { join: first, volunteer, admission };
      return new VolunteerSession(this.#host, this.#link, this.#outbox, arrival);
    }
    if (first?.type === 'attach') {
      const grant = admitSubmitter(this.#host.options, first.token, this.#link);
      return new SubmitterSession(this.#host, this.#link, this.#outbox, grant);
    }
    throw outOfTurn();
  }

  #refuse(reason: GridError): void {
    const { code, message } = reason;
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
