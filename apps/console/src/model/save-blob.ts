/** Hands a blob to the browser as a file. */
export function saveBlob(blob: Blob, fileName: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = fileName;
  link.click();
  // The browser has taken hold of the blob once the click is through.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
