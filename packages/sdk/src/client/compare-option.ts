import type { TaskContext } from './task-context.ts';

/** When two results are the same: `bytes`, `set`, or numbers within a tolerance, or pictures as alike as `psnr` dB. */
export type CompareOption =
  | 'bytes'
  | 'set'
  | {
      readonly float: {
        readonly abs?: number | undefined;
        readonly rel?: number | undefined;
        readonly ulps?: number | undefined;
      };
    }
  | { readonly image: { readonly psnr: number } }
  /** A function (of a module the name of an export) of two results, run by volunteers: see `verify`. */
  | {
      readonly equal:
        | string
        | ((own: never, result: never, context: TaskContext<never>) => boolean | Promise<boolean>);
    };
