// PackBits run lengths (TIFF 6.0, section 9).

/** Returns the number of bytes written, `capacity` where the data holds more; stops where it ends. */
export function decodePackBits(input: usize, length: usize, output: usize, capacity: usize): i32 {
  const end = input + length;
  const outEnd = output + capacity;
  let at = input;
  let out = output;
  while (at < end && out < outEnd) {
    const control = <usize>load<u8>(at++);
    if (control == 128) continue;
    if (control < 128) {
      const count = min<usize>(control + 1, min<usize>(end - at, outEnd - out));
      memory.copy(out, at, count);
      at += count;
      out += count;
    } else {
      if (at == end) break;
      const count = min<usize>(257 - control, outEnd - out);
      memory.fill(out, load<u8>(at++), count);
      out += count;
    }
  }
  return <i32>(out - output);
}
