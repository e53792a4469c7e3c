import type {
  AccountOperation,
  AccountView,
  ErrorCode,
  JobId,
  JobMessage,
  Road,
  VolunteerId,
} from '@manytabs/protocol';
import type { HostedBy } from '../link/hosted-by.ts';

export type DonationState =
  /** Nothing runs and nothing is connected; the state before Start and after Stop. */
  | 'idle'
  /** The sandbox is tested, then the coordinator is called. */
  | 'connecting'
  /** Linked, and the grid has nothing for this volunteer right now. */
  | 'waiting'
  /** Fetching a job's module and files. */
  | 'fetching'
  | 'computing'
  | 'paused'
  /** Ends what runs, takes nothing new. */
  | 'finishing'
  /** The link is lost; it is being made again, and what runs goes on. */
  | 'reconnecting'
  /** It cannot go on without a person; `problem` says why. */
  | 'failed';

export interface DonationJob {
  readonly jobId: JobId;
  readonly name: string;
  readonly purpose: string;
  readonly submitter: string;
  readonly view: JobMessage['view'];
}

/** Everything a volunteer's page shows; a new object with every change. */
export interface DonationView {
  readonly state: DonationState;
  readonly problem: { readonly code: ErrorCode; readonly message: string } | undefined;
  readonly volunteer: VolunteerId | undefined;
  readonly road: Road | undefined;
  readonly grid: string | undefined;
  /** Workers granted, and how many run a task now. */
  readonly workers: number;
  readonly running: number;
  /** The job of the newest run. */
  readonly job: DonationJob | undefined;
  readonly tasksDone: number;
  readonly tasksFailed: number;
  readonly busyMs: number;
  readonly startedAt: number | undefined;
  readonly shards: number;
  readonly shardBytes: number;
  /** Shards sent to and got from other tabs. */
  readonly shardsServed: number;
  readonly shardsFromTabs: number;
  readonly shardsFromCoordinator: number;
}

/** A result this volunteer has just computed, or a picture a running task shows. */
export type DonationPicture =
  | {
      readonly kind: 'result';
      readonly jobId: JobId;
      readonly index: number;
      readonly value: unknown;
    }
  | {
      readonly kind: 'preview';
      readonly jobId: JobId;
      readonly index: number;
      readonly image: {
        readonly width: number;
        readonly height: number;
        readonly rgba: Uint8Array;
      };
    };

/** What a volunteer misbehaves at on purpose, for drills. `slow:F` divides its speed by F; `vanish:MS` closes. */
export type Fault = 'wrong' | 'silent' | 'corrupt-shards' | `slow:${number}` | `vanish:${number}`;

/** Work that this volunteer has just done: tasks of one job, and the time that workers were busy with them. */
export interface DonationWork {
  readonly job: DonationJob;
  readonly done: number;
  readonly failed: number;
  readonly busyMs: number;
}

export interface DonationOptions {
  /** The grid's address, for example `http://127.0.0.1:4600/`. */
  readonly url: string;
  readonly workers: number;
  /** The tab that hosts the grid, and the PeerServer that leads there; a server unless said. */
  readonly hostedBy?: HostedBy | undefined;
  /** What one task may have, in MiB; a quarter of what the browser says the device has, unless said. */
  readonly memoryMB?: number | undefined;
  /** The share of time each worker may compute; 1 unless said. */
  readonly duty?: number | undefined;
  /** A volunteer's token. */
  readonly token?: string | undefined;
  /** False asks only to be let in, where the token would allow more. */
  readonly trusted?: boolean | undefined;
  /** The public key of the site whose page embeds this donation. */
  readonly site?: string | undefined;
  /** The origin of the page that embeds it, for which the key must be. */
  readonly siteOrigin?: string | undefined;
  readonly fault?: Fault | undefined;
  /** Asked before a job is opened here; false gives its tasks to others. */
  readonly accepts?: ((job: DonationJob) => boolean) | undefined;
  /** `websocket` never tries WebRTC; `turn` goes through a TURN server of the grid and by no other way. */
  readonly road?: 'auto' | 'websocket' | 'turn' | undefined;
}

export interface Donation {
  readonly view: DonationView;
  subscribe(listener: () => void): () => void;
  /** Pictures for the page; only decoded while somebody listens, a few a second. */
  onPicture(listener: (picture: DonationPicture) => void): () => void;
  onWork(listener: (work: DonationWork) => void): () => void;
  start(): void;
  pause(): void;
  resume(): void;
  /** Ends the tasks at work, reports them, leaves. */
  finish(): void;
  /** Kills the tasks at work and gives them back, at once. */
  stop(): void;
  setWorkers(workers: number): void;
  /** Above 0, up to 1. */
  setDuty(duty: number): void;
  /** Bytes that may be stored here beyond what work at hand needs. */
  setStorage(bytes: number): void;
  /**
   * Asks the grid about this volunteer, or changes what it knows: credit, name, devices, quarantine.
   * @throws {GridError} `connection-lost`, `timeout`, `rate-limited`, `input-invalid`, `quota-exceeded`
   */
  account(operation: AccountOperation): Promise<AccountView>;
}
