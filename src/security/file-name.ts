/** Names of files that are made of what strangers named. */

const LONGEST = 150;
/** Devices of Windows, whatever their extension. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/**
 * The name with `_` for all but letters, digits, spaces and `. _ ( ) + - = , %`, so that it is one file in the
 * folder of downloads on any system. The extension stays.
 */
export function safeFileName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N} ._()+\-=,%]/gu, '_')
    .replace(/^[. ]+/, '_')
    .replace(RESERVED, '_$1');
  const [, stem = plain, extension = ''] = /^(.*?)(\.[A-Za-z0-9.]{1,12})?$/su.exec(plain) ?? [];
  return `${stem.slice(0, LONGEST) || '_'}${extension}`;
}
