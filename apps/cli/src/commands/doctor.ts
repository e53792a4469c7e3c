import { networkInterfaces } from 'node:os';
import { launchBrowser, mustFindBrowser } from '@manytabs/browser';
import {
  ERRORS,
  type ErrorCode,
  GridError,
  type IceAnswer,
  type IceServer,
  iceAnswerSchema,
  type StatusView,
  toGridError,
} from '@manytabs/protocol';
import { EXIT, type ExitCode, exitCodeOfError } from '../exit-code.ts';
import { findGrid } from '../find-grid.ts';
import { type GridOptions, print, withGrid } from '../session.ts';
import type { Terminal } from '../terminal.ts';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly code?: ErrorCode;
  readonly hint?: string;
}

/** `manytabs doctor`: what this machine and its grid have, and what to do about what they lack. */
export async function doctor(terminal: Terminal, options: GridOptions): Promise<ExitCode> {
  const checks: Record<string, () => string | Promise<string>> = {
    node: () => `Node ${process.versions.node}`,
    browser: browserVersion,
    network: webRtcAddress,
    grid: () => gridStatus(terminal, options),
    ...(await iceChecks(terminal, options)),
    token: () => withGrid(terminal, options, async () => 'The grid takes the token.'),
  };
  const findings: Finding[] = [];
  for (const [check, look] of Object.entries(checks)) findings.push(await examine(check, look));
  print(terminal, options, findings, (all) => all.flatMap(findingLines));
  const bad = findings.find(({ ok }) => !ok);
  return bad?.code ? exitCodeOfError(bad.code) : EXIT.done;
}

async function examine(check: string, look: () => string | Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, detail: await look() };
  } catch (thrown) {
    const { code, message } = toGridError(thrown, 'unreachable');
    return { check, ok: false, detail: message, code, hint: ERRORS[code] };
  }
}

function findingLines({ check, ok, detail, hint }: Finding): string[] {
  const line = `${ok ? 'ok  ' : 'BAD '} ${check}: ${detail}`;
  return hint ? [line, `     ${hint}`] : [line];
}

async function browserVersion(): Promise<string> {
  const browser = await launchBrowser();
  const version = browser.version();
  await browser.close();
  return `${mustFindBrowser()} (${version})`;
}

/** Chromium offers no candidates on the loopback interface alone. */
function webRtcAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const usable = all.find(({ internal, family }) => !internal && family === 'IPv4');
  if (usable) return `WebRTC can use ${usable.address}.`;
  return 'Only loopback: tabs on this machine will use the WebSocket relay.';
}

/** The STUN and TURN servers that the grid names to its tabs, asked from here. */
async function iceChecks(
  terminal: Terminal,
  options: GridOptions,
): Promise<Record<string, () => string | Promise<string>>> {
  const { iceServers } = await iceServersOf(terminal, options).catch(() => ({ iceServers: [] }));
  if (iceServers.length === 0) return { ice: () => 'The grid names no STUN or TURN server.' };
  return Object.fromEntries(
    iceServers.map((server) => [`ice ${server.urls}`, () => askIceServer(server)]),
  );
}

async function iceServersOf(terminal: Terminal, options: GridOptions): Promise<IceAnswer> {
  const { url, token } = findGrid(options, terminal.env, terminal.folder);
  const response = await fetch(new URL('api/ice', url), {
    headers: { Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(5000),
  });
  return iceAnswerSchema.parse(await response.json());
}

async function askIceServer(server: IceServer): Promise<string> {
  const { canProbe, probeIceServer } = await import('@manytabs/coordinator');
  if (!canProbe(server))
    return 'Tabs are told of it; it speaks TCP or TLS, which only they can try.';
  const address = await probeIceServer(server);
  return server.username ? `It relays, at ${address}.` : `It sees this machine at ${address}.`;
}

async function gridStatus(terminal: Terminal, options: GridOptions): Promise<string> {
  const { url } = findGrid(options, terminal.env, terminal.folder);
  const status = await fetchStatus(url);
  const { version, volunteers, workers, stalled } = status;
  if (stalled) {
    const since = `for ${stalled.seconds} s`;
    throw new GridError(stalled.code, `${url} stands still ${since}: its store takes no records.`);
  }
  return `${url} (version ${version}): ${volunteers} volunteers, ${workers} workers.`;
}

async function fetchStatus(url: string): Promise<StatusView> {
  try {
    const response = await fetch(new URL('api/status', url), { signal: AbortSignal.timeout(5000) });
    if (response.ok) return (await response.json()) as StatusView;
  } catch (cause) {
    throw new GridError('unreachable', `Nothing answers at ${url}.`, { cause });
  }
  throw new GridError('unreachable', `What answers at ${url} is no grid.`);
}
