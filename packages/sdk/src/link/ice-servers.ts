import { type IceAnswer, iceAnswerSchema } from '@manytabs/protocol';

const ANSWER_MS = 3_000;
/** What timers take. */
const WAIT_MS_MAX = 2 ** 31 - 1;
const WAIT_MS_MIN = 60_000;
const NONE: IceAnswer = { iceServers: [] };

/** The STUN and TURN servers that the server of this address names; none where it knows of none or does not answer. */
export async function loadIceServers(url: string, token?: string | undefined): Promise<IceAnswer> {
  try {
    const response = await fetch(new URL('/api/ice', url), {
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: token ? { Authorization: `Bearer ${token}` } : {},
      credentials: 'omit',
    });
    if (!response.ok) return NONE;
    return iceAnswerSchema.safeParse(await response.json()).data ?? NONE;
  } catch {
    return NONE;
  }
}

/** Brings new credentials whenever half of their time is over, until `use` says that nobody wants them any more. */
export function renewIceServers(
  { expiresAt }: IceAnswer,
  load: () => Promise<IceAnswer>,
  use: (answer: IceAnswer) => boolean,
): void {
  if (expiresAt === undefined) return;
  const waitMs = Math.max(WAIT_MS_MIN, (expiresAt - Date.now()) / 2);
  const renew = async () => {
    const answer = await load();
    const isFresh = answer.expiresAt !== undefined;
    if (use(isFresh ? answer : NONE))
      renewIceServers(isFresh ? answer : { ...NONE, expiresAt }, load, use);
  };
  setTimeout(() => void renew(), Math.min(WAIT_MS_MAX, waitMs));
}
