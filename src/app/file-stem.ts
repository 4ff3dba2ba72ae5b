/** A file's name without its last extension, to name what was made of it. */
export function fileStem(name: string): string {
  return name.replace(/\.[^.]+$/, '') || 'volume';
}
