/**
 * Why a chunk could not be decoded, in words that fit after "page 3 is damaged: ". The reader adds
 * the place and makes it a `UserError`.
 */
export class CodecError extends Error {
  override readonly name = 'CodecError';
}
