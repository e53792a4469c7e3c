import type { GridError } from '@manytabs/protocol';

export interface TabHostOptions {
  /** Of the grid, for whoever joins. */
  readonly name?: string | undefined;
  /** Address of the volunteers' page, which any server may serve. */
  readonly page: string;
  /** Address of a PeerServer; the page's own server unless said. */
  readonly signalling?: string | undefined;
}

export type TabHostState =
  | { readonly state: 'opening' }
  /** Another tab of this browser hosts the grid; this one takes over when that closes. */
  | { readonly state: 'standing-by' }
  | { readonly state: 'hosting'; readonly volunteerUrl: string; readonly persisted: boolean }
  /** It was closed, or (`reason`) it had to stop. */
  | { readonly state: 'ended'; readonly reason: GridError | undefined };
