import { expose } from 'comlink';
import { type FrameEvent, READY } from '../shared/wire.ts';
import { Pool } from './pool.ts';

// The one script of sandbox.html. It runs trusted code only: tasks live in workers, never in this document.

declare const WORKER_SOURCE: string;

/**
 * Outside a sandboxed frame this page would run strangers' code in the grid's own origin. A server that gives it an
 * origin for itself says so in the page.
 */
function isSandboxed(): boolean {
  const { ownOrigin } = document.documentElement.dataset;
  const isApart = window.origin === 'null' || window.origin === ownOrigin;
  return isApart && window.parent !== window;
}

/** Browsers do not all know the policy's `webrtc 'block'`; nothing in this document needs the API. */
function hideWebRtc(): void {
  for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) {
    if (name in window) Object.defineProperty(window, name, { value: undefined });
  }
}

function start(): void {
  const commands = new MessageChannel();
  const events = new MessageChannel();
  const port = events.port1;
  const emit = (event: FrameEvent, transfer: Transferable[] = []) =>
    port.postMessage(event, transfer);
  const workerUrl = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }));
  const pool = new Pool(() => new Worker(workerUrl), emit);
  port.onmessage = () => emit({ type: 'pong' });
  expose(apiOf(pool), commands.port1);
  // The page's origin cannot be known here, and the ports give whoever embeds this frame nothing but a sandbox.
  window.parent.postMessage(READY, '*', [commands.port2, events.port2]);
}

/** Only what FrameApi names, so that the pool's other methods stay out of reach. */
function apiOf(pool: Pool) {
  return {
    setWorkers: pool.setWorkers.bind(pool),
    setDuty: pool.setDuty.bind(pool),
    open: pool.open.bind(pool),
    run: pool.run.bind(pool),
    kill: pool.kill.bind(pool),
    hold: pool.hold.bind(pool),
    answer: pool.answer.bind(pool),
  };
}

hideWebRtc();
if (isSandboxed()) start();
else document.documentElement.dataset.sandbox = 'refused';
