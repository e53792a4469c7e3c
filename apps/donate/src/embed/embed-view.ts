import { part, setText } from '../parts.ts';
import type { Speaker } from '../words/speaker.ts';
import type { EmbedCommand } from './embed-session.ts';
import type { EmbedState, EmbedStatus } from './embed-status.ts';
import type { EmbedKey } from './words/en.ts';

/** The buttons of each state, the first of them the likely one. */
const BUTTONS: Readonly<Record<EmbedState, readonly EmbedCommand[]>> = {
  asking: ['allow', 'later'],
  declined: ['allow'],
  starting: ['stop', 'stop-all'],
  computing: ['pause', 'stop', 'stop-all'],
  waiting: ['pause', 'stop', 'stop-all'],
  paused: ['resume', 'stop', 'stop-all'],
  stopped: ['allow'],
  error: [],
};

const COMMANDS = ['allow', 'later', 'pause', 'resume', 'stop', 'stop-all'] as const;

/** Draws the widget in one language. */
export class EmbedView {
  readonly #speaker: Speaker<EmbedKey>;
  readonly #about: { readonly site: string; readonly hours: number };
  #hint = '';

  constructor(
    speaker: Speaker<EmbedKey>,
    about: { readonly site: string; readonly hours: number },
    press: (command: EmbedCommand, event: MouseEvent) => boolean,
  ) {
    this.#speaker = speaker;
    this.#about = about;
    for (const command of COMMANDS) {
      const button = part(command);
      setText(button, speaker.say(`button.${command}`));
      button.addEventListener('click', (event) => {
        this.#hint = press(command, event) ? '' : speaker.say('hint.covered');
        setText(part('hint'), this.#hint);
      });
    }
    setText(part('what'), speaker.say('link.what'));
  }

  show(status: EmbedStatus): void {
    const { state, reason } = status;
    const data = document.documentElement.dataset;
    Object.assign(data, { state, reason, tasksDone: String(status.tasksDone) });
    setText(part('title'), this.#title(state));
    setText(part('detail'), this.#detail(status));
    for (const command of COMMANDS) {
      part(command).hidden = !BUTTONS[state].includes(command);
    }
  }

  #title(state: EmbedState): string {
    const { site } = this.#about;
    if (state === 'waiting') return this.#speaker.say('wait.title');
    return this.#speaker.say(state === 'asking' ? 'ask.title' : `${state}.title`, { site });
  }

  #detail({ state, reason, tasksDone }: EmbedStatus): string {
    const { hours } = this.#about;
    if (state === 'waiting') return this.#speaker.say(`wait.${reason}` as EmbedKey);
    const key: EmbedKey = state === 'asking' ? 'ask.detail' : `${state}.detail`;
    return this.#speaker.say(key, { hours, count: tasksDone, code: reason });
  }
}
