import {
  type AccountOperation,
  type AccountView,
  type CoordinatorMessage,
  GridError,
  type VolunteerMessage,
} from '@manytabs/protocol';

type Ask = Extract<VolunteerMessage, { type: 'account' }>;
type Answer = Extract<CoordinatorMessage, { type: 'account-answer' }>;

const ANSWER_MS = 15_000;
const CALLS_MAX = 8;

interface Call {
  readonly timer: ReturnType<typeof setTimeout>;
  resolve(view: AccountView): void;
  reject(reason: GridError): void;
}

/** What the person asks the grid about this volunteer. A lost link ends the question: a person asks again. */
export class AccountCalls {
  readonly #send: (ask: Ask) => void;
  readonly #calls = new Map<number, Call>();
  #asked = 0;

  constructor(send: (ask: Ask) => void) {
    this.#send = send;
  }

  /** @throws {GridError} `connection-lost`, `timeout`, `rate-limited`, what the grid has against it */
  ask(operation: AccountOperation): Promise<AccountView> {
    if (this.#calls.size >= CALLS_MAX) throw new GridError('rate-limited', 'Wait for the answers.');
    const ask = ++this.#asked;
    return new Promise((resolve, reject) => {
      const late = () => this.#end(ask)?.reject(new GridError('timeout', 'No answer came.'));
      this.#calls.set(ask, { timer: setTimeout(late, ANSWER_MS), resolve, reject });
      this.#send({ type: 'account', ask, operation });
    });
  }

  onAnswer({ ask, account, code, message = '' }: Answer): void {
    const open = this.#end(ask);
    if (account) open?.resolve(account);
    else open?.reject(new GridError(code ?? 'internal', message));
  }

  onDown(reason: GridError): void {
    for (const ask of [...this.#calls.keys()]) this.#end(ask)?.reject(reason);
  }

  #end(ask: number): Call | undefined {
    const open = this.#calls.get(ask);
    this.#calls.delete(ask);
    clearTimeout(open?.timer);
    return open;
  }
}
