import type { AccountOperation, AccountView } from '@manytabs/protocol';
import type { DonationView } from 'manytabs/volunteer';
import { duration } from '../format.ts';
import { part, setText } from '../parts.ts';
import { pageLanguage, say } from '../words/page-speaker.ts';
import { readBoard, showBoard } from './board.ts';
import { quarantineText } from './quarantine-text.ts';

// Loaded with Start: it is about a volunteer that the grid knows.

const READ_MS = 30_000;
const FORGET_MS = 2_000;

export interface AccountParts {
  readonly ask: (operation: AccountOperation) => Promise<AccountView>;
  /** What is known has changed. */
  readonly onRead: () => void;
  /** The name under which a job ran here, if it did. */
  readonly jobName: (jobId: string) => string | undefined;
}

/** What the grid knows of this volunteer and its person, and what they may change. */
export class AccountPanel {
  readonly #parts: AccountParts;
  #readAt = Number.NEGATIVE_INFINITY;
  #isEdited = false;
  #view: AccountView | undefined;
  #language = '';

  constructor(parts: AccountParts) {
    this.#parts = parts;
    part('account').hidden = false;
    part('profile').addEventListener('input', () => {
      this.#isEdited = true;
    });
    this.#onSubmit('profile', () => this.#save());
    this.#onSubmit('link', () => this.#perform({ do: 'link', code: textOf('code') }));
    this.#onSubmit('appeal', () => this.#perform({ do: 'appeal', text: textOf('appeal-text') }));
    this.#onClick('link-code', () => this.#perform({ do: 'link-code' }));
    this.#onClick('unlink', () => this.#perform({ do: 'unlink' }));
    part('board').addEventListener('toggle', () => void this.#showBoard());
  }

  /** Asks anew now and then, while somebody looks and the grid is there. */
  show({ state, road }: DonationView): void {
    if (this.#view && this.#language !== pageLanguage()) this.#render(this.#view);
    const isLinked = road !== undefined && state !== 'reconnecting' && state !== 'idle';
    const isDue = performance.now() - this.#readAt >= READ_MS;
    if (!isLinked || !isDue || document.hidden) return;
    this.#readAt = performance.now();
    // Whoever asked for nothing is not told that it failed.
    this.#parts.ask({ do: 'read' }).then(
      (view) => {
        this.#render(view);
        this.#parts.onRead();
      },
      () => {},
    );
  }

  /** It waits for the end of its quarantine, and not for work. */
  get isHeldBack(): boolean {
    return this.#view?.quarantine !== undefined;
  }

  /** A grid that is away cannot forget: what is here goes all the same. */
  async forget(): Promise<void> {
    const late = new Promise((resolve) => setTimeout(resolve, FORGET_MS));
    await Promise.race([this.#parts.ask({ do: 'forget' }).catch(() => {}), late]);
  }

  async #save(): Promise<void> {
    const isListed = part('listed', HTMLInputElement).checked;
    const profile = { name: textOf('donor-name'), team: textOf('donor-team'), isListed };
    this.#isEdited = false;
    if (await this.#perform({ do: 'profile', ...profile })) this.#tell(say('account.saved'));
  }

  async #perform(operation: AccountOperation): Promise<boolean> {
    this.#tell('');
    try {
      this.#render(await this.#parts.ask(operation));
      return true;
    } catch (thrown) {
      const { code = 'internal', message = '' } = thrown as { code?: string; message?: string };
      this.#tell(say('account.problem', { code, message }));
      return false;
    }
  }

  #render(view: AccountView): void {
    this.#view = view;
    this.#language = pageLanguage();
    const { credit, donor, linkCode, quarantine } = view;
    setText(part('credit'), creditText(credit));
    const others = donor && donor.devices > 1 ? donor : undefined;
    part('donor-row').hidden = others === undefined;
    part('unlink').hidden = others === undefined;
    if (others) {
      setText(part('donor-credit'), creditText(others.credit));
      setText(part('devices'), say('account.devices', { count: others.devices }));
    }
    if (donor && !this.#isEdited) fill(donor);
    if (linkCode) setText(part('link-code-text'), say('account.link-how', { code: linkCode.code }));
    part('quarantine').hidden = quarantine === undefined;
    if (!quarantine) return;
    setText(part('quarantine-why'), quarantineText(quarantine, this.#parts.jobName));
    part('appeal').hidden = quarantine.hasAppealed;
    part('appealed').hidden = !quarantine.hasAppealed;
  }

  async #showBoard(): Promise<void> {
    if (!part('board', HTMLDetailsElement).open) return;
    try {
      showBoard(await readBoard());
    } catch {
      part('board-empty').hidden = true;
      this.#tell(say('account.board-failed'));
    }
  }

  #tell(text: string): void {
    setText(part('account-said'), text);
  }

  #onSubmit(id: string, act: () => unknown): void {
    part(id).addEventListener('submit', (event) => {
      event.preventDefault();
      void act();
    });
  }

  #onClick(id: string, act: () => unknown): void {
    part(id).addEventListener('click', () => void act());
  }
}

function fill(donor: NonNullable<AccountView['donor']>): void {
  part('donor-name', HTMLInputElement).value = donor.name;
  part('donor-team', HTMLInputElement).value = donor.team;
  part('listed', HTMLInputElement).checked = donor.isListed;
}

function textOf(id: string): string {
  return (part(id) as HTMLInputElement | HTMLTextAreaElement).value.trim();
}

function creditText({ tasks, ms }: AccountView['credit']): string {
  return `${say('numbers.tasks', { count: tasks })}, ${duration(ms)}`;
}
