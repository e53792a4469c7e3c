import { part, setText } from '../parts.ts';
import { pickLanguage } from '../words/languages.ts';
import type { Speaker } from '../words/speaker.ts';
import { dress } from './dress.ts';
import { type EmbedOptions, readEmbedOptions } from './embed-options.ts';
import { EmbedSession } from './embed-session.ts';
import { EmbedView } from './embed-view.ts';
import { HostLine } from './host-line.ts';
import { Sight } from './sight.ts';
import type { EmbedKey } from './words/en.ts';
import { embedSpeaker } from './words.ts';

// The frame that sites embed. Nothing is fetched, run, connected or stored here before a visitor's own click.

async function start(): Promise<void> {
  const options = readEmbedOptions(location.search);
  const speaker = await embedSpeaker(pickLanguage(options.lang, navigator.languages));
  dress(options, speaker);
  if (window.parent === window) {
    setText(part('title'), speaker.say('alone.title'));
    setText(part('detail'), speaker.say('alone.detail'));
    document.documentElement.dataset.state = 'alone';
    return;
  }
  const host = new HostLine((site) => queueMicrotask(() => open(site, { options, speaker, host })));
}

interface Opening {
  readonly options: EmbedOptions;
  readonly speaker: Speaker<EmbedKey>;
  readonly host: HostLine;
}

function open(site: string, { options, speaker, host }: Opening): void {
  const sight = new Sight(part('panel'), () => session.look());
  const about = { site: site === 'null' ? '?' : new URL(site).host, hours: options.hours };
  const session = new EmbedSession({
    options,
    site,
    sight,
    load: async () => (await import('../volunteer.ts')).createDonation,
    onChange: () => show(),
  });
  const view = new EmbedView(speaker, about, (command, event) => session.press(command, event));
  let told = '';
  const show = () => {
    const { status } = session;
    view.show(status);
    const line = JSON.stringify(status);
    if (line === told) return;
    told = line;
    host.tell({ type: 'status', ...status });
    if (status.state === 'error') host.tell(errorOf(status.reason));
  };
  session.look();
}

const RETRYABLE: ReadonlySet<string> = new Set(['unreachable', 'connection-lost', 'timeout']);

function errorOf(code: string) {
  const message = `The widget cannot run: ${code}.`;
  return { type: 'error', code, message, retryable: RETRYABLE.has(code) } as const;
}

void start();
