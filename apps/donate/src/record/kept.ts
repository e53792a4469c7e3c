/** Reads what an earlier visit kept; a browser that refuses, or text that is none of ours, is nothing. */
export function readKept(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return undefined;
  }
}

export const RULES_KEY = 'manytabs-rules';
export const RECORD_KEY = 'manytabs-record';
export const LANGUAGE_KEY = 'manytabs-language';

/** Whether the browser lets this page store anything; asking stores nothing. */
export function mayKeep(): boolean {
  try {
    return localStorage !== null && indexedDB !== undefined;
  } catch {
    return false;
  }
}
