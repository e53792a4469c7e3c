/** `/a/b/c.txt` gives `c.txt`; the root gives `/`. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || '/';
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

export function joinPath(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** The folders on the way to a path and itself, from the root. */
export function crumbsOf(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return ['/', ...parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)];
}

/** A pattern that matches the path; signs of patterns in names match any one character, as nothing escapes them. */
export function literalPattern(path: string): string {
  return path.replace(/[*?[\]{}]/g, '?');
}
