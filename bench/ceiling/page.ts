// The least a browser can do for a task: a data channel, a worker, nothing between them.

import type { WorkerOrder } from './worker.ts';

declare global {
  interface Window {
    /** Calls the bench and resolves when the channel is open. */
    connectBare(): Promise<void>;
    /** Has the worker spin `tasks` times; resolves with the milliseconds it took. */
    spinBare(loops: number, tasks: number): Promise<number>;
  }
}

const worker = new Worker('./worker.js');

window.connectBare = async () => {
  const connection = new RTCPeerConnection({ iceServers: [] });
  const channel = connection.createDataChannel('bench');
  channel.binaryType = 'arraybuffer';
  const opened = new Promise<void>((resolve) => {
    channel.onopen = () => resolve();
  });
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => worker.postMessage(data, [data]);
  worker.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => channel.send(data);
  await connection.setLocalDescription(await connection.createOffer());
  await gathered(connection);
  const answer = await fetch('./offer', {
    method: 'POST',
    body: connection.localDescription?.sdp ?? '',
  });
  await connection.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  await opened;
};

// The same worker every time: as warm as a worker can be.
const spinner = new Worker('./worker.js');

window.spinBare = (loops, tasks) => {
  const began = performance.now();
  return new Promise((resolve) => {
    spinner.onmessage = () => resolve(performance.now() - began);
    spinner.postMessage({ loops, tasks } satisfies WorkerOrder);
  });
};

function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (connection.iceGatheringState === 'complete') resolve();
    };
    connection.onicegatheringstatechange = check;
    check();
  });
}
