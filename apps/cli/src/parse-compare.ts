import type { CompareOption } from 'manytabs';

const FLOAT_BOUNDS = ['abs', 'rel', 'ulps'] as const;

/** `bytes`, `set`, `float:abs=1e-9,rel=1e-6,ulps=4` (any of the three), `image:psnr=40`, `equal`; undefined for anything else. */
export function parseCompare(text: string): CompareOption | undefined {
  if (text === 'bytes' || text === 'set') return text;
  if (text === 'equal') return { equal: 'equal' };
  const [kind, ...rest] = text.split(':');
  const bounds = boundsOf(rest.join(':'));
  if (!bounds) return undefined;
  if (kind === 'image') return imageOf(bounds);
  return kind === 'float' ? floatOf(bounds) : undefined;
}

function boundsOf(text: string): ReadonlyMap<string, number> | undefined {
  const bounds = new Map<string, number>();
  for (const part of text.split(',')) {
    const [name = '', amount = '', ...more] = part.split('=');
    const value = amount.trim() === '' ? Number.NaN : Number(amount);
    if (more.length > 0 || bounds.has(name) || !Number.isFinite(value) || value < 0) {
      return undefined;
    }
    bounds.set(name, value);
  }
  return bounds;
}

function imageOf(bounds: ReadonlyMap<string, number>): CompareOption | undefined {
  const psnr = bounds.get('psnr');
  const isWhole = psnr !== undefined && psnr > 0 && psnr <= 1_000 && bounds.size === 1;
  return isWhole ? { image: { psnr } } : undefined;
}

function floatOf(bounds: ReadonlyMap<string, number>): CompareOption | undefined {
  const known: readonly string[] = FLOAT_BOUNDS;
  if ([...bounds.keys()].some((name) => !known.includes(name))) return undefined;
  if (!Number.isSafeInteger(bounds.get('ulps') ?? 0)) return undefined;
  return { float: Object.fromEntries(bounds) };
}
