import { readTime } from '../../apps/cli/src/read-time.ts';
import { parseCsv } from '../../apps/console/src/model/csv.ts';
import { RequestGuard } from '../../apps/coordinator/src/request-guard.ts';
import {
  Column,
  coordinatorMessageSchema,
  decodeFrame,
  decodeValue,
  encodeFrame,
  encodeValue,
  type JobMessage,
  Prng,
  Scanner,
  submitterMessageSchema,
  tabMessageSchema,
  toSubmitterMessageSchema,
  volunteerMessageSchema,
  type z,
} from '../../packages/protocol/src/index.ts';
import { readMessage } from '../../packages/runtime/src/frame/check.ts';
import { parseWasm } from '../../packages/runtime/src/wasm/sections.ts';
import { decodeRecord } from '../../packages/sdk/src/access/token-record.ts';
import { drawToken } from '../../packages/sdk/src/access/token-text.ts';
import { checkOrigin, Tokens } from '../../packages/sdk/src/access/tokens.ts';
import { GridSigner } from '../../packages/sdk/src/identity/grid-signer.ts';
import { GridTrust, memoryPins } from '../../packages/sdk/src/identity/grid-trust.ts';
import { MemoryKeyValue } from '../../packages/storage/src/index.ts';
import { readFrame } from '../../packages/transport/src/frames.ts';
import {
  fromServerSchema,
  parseJson,
  toServerSchema,
} from '../../packages/transport/src/signals.ts';
import { generate, mutate, noise, poison, text } from './generate.ts';

/** Something that takes what strangers send. */
export interface Target {
  readonly name: string;
  /** Gives it one input. A decoder may throw a GridError; what handles messages throws nothing. */
  feed(prng: Prng): void | Promise<void>;
  readonly isHandler?: boolean;
  /** Rejects where something is wrong in the end. */
  end?(): Promise<void>;
}

const SCHEMAS: Readonly<Record<string, z.ZodMiniType>> = {
  coordinator: coordinatorMessageSchema,
  volunteer: volunteerMessageSchema,
  submitter: submitterMessageSchema,
  'to submitter': toSubmitterMessageSchema,
  tab: tabMessageSchema,
};

/** A frame of messages of the schema, mostly with something wrong. */
export function frameOf(schema: z.ZodMiniType, prng: Prng): Uint8Array {
  const message = generate(schema, prng) as { type: string };
  const said = prng.chance(0.5) ? poison(message, prng) : message;
  const frame = encodeFrame([said as { type: string }]);
  return prng.chance(0.4) ? mutate(frame, prng) : frame;
}

function frames(): Target[] {
  return Object.entries(SCHEMAS).map(([name, schema]) => ({
    name: `frames of ${name} messages`,
    feed(prng) {
      const frame = prng.chance(0.1) ? noise(prng, prng.int(200)) : frameOf(schema, prng);
      decodeFrame(frame, schema, 64 * 1024);
    },
  }));
}

const WASM = Uint8Array.from([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 5, 4, 1, 1, 1, 4],
  ...[7, 5, 1, 1, 102, 0, 0, 10, 6, 1, 4, 0, 32, 0, 11],
]);

function bytesOf(prng: Prng): Uint8Array {
  const value = poison(
    [{ a: [1, 'x'], b: new Float64Array(3) }, new Map([[1, new Set([{ c: 1 }])]]), 5n, new Date(7)],
    prng,
  );
  return prng.chance(0.2) ? noise(prng, prng.int(100)) : mutate(safeValue(value), prng);
}

/** Whatever cannot be encoded is no input of a decoder. */
function safeValue(value: unknown): Uint8Array {
  try {
    return encodeValue(value);
  } catch {
    return encodeValue(null);
  }
}

function codecs(): Target[] {
  return [
    { name: 'values', feed: (prng) => void decodeValue(bytesOf(prng)) },
    {
      name: 'values that nobody looked at',
      feed: (prng) => {
        const bytes = bytesOf(prng);
        if (new Scanner(bytes).skip() !== bytes.length) return;
        // What was let pass must be readable by whom it is for: here a code is a fault.
        try {
          encodeValue(decodeValue(bytes));
        } catch (cause) {
          throw new Error('it was let pass and cannot be read', { cause });
        }
      },
    },
    { name: 'columns of results', feed: (prng) => void Column.parse(prng.int(10), bytesOf(prng)) },
    {
      name: 'frames of links',
      feed: (prng) => void readFrame(mutate(noise(prng, prng.int(40)), prng)),
    },
    { name: 'WASM modules', feed: (prng) => void parseWasm(mutate(WASM, prng)) },
    {
      name: 'messages of sandboxes',
      feed: (prng) => {
        const batch = {
          from: 0,
          to: 2,
          values: new Uint8Array(2),
          failures: [],
          busyMs: 1,
          talk: {},
        };
        readMessage(
          poison({ type: prng.pick(['batch', 'talk', 'refused', 'ready']), batch }, prng),
        );
      },
    },
  ];
}

const OFFER = JSON.stringify({
  type: 'OFFER',
  dst: 'coordinator',
  payload: { type: 'data', connectionId: 'dc_1', sdp: { type: 'offer', sdp: 'v=0' } },
});

function texts(): Target[] {
  const guard = new RequestGuard({ bound: '127.0.0.1', tokenOrigins: () => new Set() });
  const times = ['1h', '7d', '2030-01-31T12:00:00Z', '90s'];
  const sites = ['https://example.org', 'http://127.0.0.1:8080', 'http://[::1]:1'];
  return [
    {
      name: 'signals',
      feed: (prng) => {
        const signal = parseJson(text(prng, [OFFER, '{"type":"HEARTBEAT"}']));
        toServerSchema.safeParse(signal);
        fromServerSchema.safeParse(signal);
      },
    },
    {
      name: 'hosts and origins of requests',
      feed: (prng) => {
        const headers = { host: text(prng, ['127.0.0.1:4600']), origin: text(prng, sites) };
        guard.refusal({ headers, method: 'POST' });
      },
    },
    { name: 'sites of tokens', feed: (prng) => void checkOrigin(text(prng, sites)) },
    { name: 'times', feed: (prng) => void readTime(text(prng, times), 0) },
    { name: 'CSV', feed: (prng) => void parseCsv(text(prng, ['a,b\n1,"x ""y"""\n'])) },
  ];
}

async function tokens(): Promise<Target[]> {
  const store = new MemoryKeyValue();
  const known = await Tokens.open({ store, clock: () => 0, ownerToken: 'owner' });
  const right = [drawToken('token').token, drawToken('site-key').token, 'owner'];
  const record = { id: 'a'.repeat(12), hash: new Uint8Array(32), scope: 'submit', name: '' };
  const rest = {
    origins: [],
    trusted: true,
    quota: {},
    createdAt: 1,
    expiresAt: null,
    revokedAt: null,
  };
  const kept = encodeValue({ ...record, ...rest });
  return [
    {
      name: 'tokens',
      feed: (prng) => {
        const said = text(prng, right);
        if (known.check(said).owner !== 'owner' || said !== 'owner')
          throw new Error(`${said} is let in`);
      },
    },
    { name: 'kept tokens', feed: (prng) => void decodeRecord(mutate(kept, prng)) },
  ];
}

function manifests(): Target {
  const signer = new GridSigner(new Uint8Array(32).fill(9));
  const trust = new GridTrust(memoryPins());
  trust.meet(signer.publicKey);
  const jobs = Array.from({ length: 20 }, (_, n) => signer.job(jobOf(new Prng(n))));
  return {
    name: 'manifests of jobs',
    feed(prng) {
      const job = prng.pick(jobs) ?? jobs[0];
      const changed = poison(job, prng) as JobMessage;
      const bytes = safeValue(changed);
      if (typeof changed !== 'object' || changed === null || isSame(bytes, safeValue(job))) return;
      trust.checkJob(changed);
      throw new Error('a changed manifest is taken');
    },
  };
}

function jobOf(prng: Prng): JobMessage {
  for (;;) {
    const message = generate(coordinatorMessageSchema, prng) as JobMessage;
    if (message.type === 'job') return message;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

export async function decoders(): Promise<Target[]> {
  return [...frames(), ...codecs(), ...texts(), ...(await tokens()), manifests()];
}
