/** Messages in order between two servers that have proven to be of one grid, or the end of both sides. */
export interface Wire {
  send(message: Uint8Array): void;
  bufferedBytes(): number;
  /** Resolves once there is room, or it is closed. */
  ready(): Promise<void>;
  onMessage(listener: (message: Uint8Array) => void): void;
  /** Called once; at once where it is closed already. */
  onClose(listener: () => void): void;
  close(): void;
}

/** Makes a wire to a server's address. */
export type Dial = (address: string) => Promise<Wire>;
