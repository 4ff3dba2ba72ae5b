// Undoes predictor 2 of TIFF for samples of one, two or four bytes, one sample a pixel: each row holds
// the differences of neighbours, sums wrap. In place; all rows follow one another.

export function undoDifferences8(pointer: usize, rowLength: usize, rows: usize): void {
  const zero = i8x16.splat(0);
  for (; rows > 0; rows--) {
    const end = pointer + rowLength;
    const whole = pointer + (rowLength & ~15);
    let carry = zero;
    for (; pointer < whole; pointer += 16) {
      let sum = v128.load(pointer);
      sum = i8x16.add(sum, i8x16.shuffle(zero, sum, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30));
      sum = i8x16.add(sum, i8x16.shuffle(zero, sum, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29));
      sum = i8x16.add(sum, i8x16.shuffle(zero, sum, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
      sum = i8x16.add(sum, i8x16.shuffle(zero, sum, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23));
      sum = i8x16.add(sum, carry);
      carry = i8x16.splat(i8x16.extract_lane_s(sum, 15));
      v128.store(pointer, sum);
    }
    let last = i8x16.extract_lane_s(carry, 0);
    for (; pointer < end; pointer++) {
      last += load<i8>(pointer);
      store<i8>(pointer, last);
    }
  }
}

export function undoDifferences16(pointer: usize, rowLength: usize, rows: usize): void {
  const zero = i16x8.splat(0);
  for (; rows > 0; rows--) {
    const end = pointer + (rowLength << 1);
    const whole = pointer + ((rowLength & ~7) << 1);
    let carry = zero;
    for (; pointer < whole; pointer += 16) {
      let sum = v128.load(pointer);
      sum = i16x8.add(sum, i16x8.shuffle(zero, sum, 7, 8, 9, 10, 11, 12, 13, 14));
      sum = i16x8.add(sum, i16x8.shuffle(zero, sum, 6, 7, 8, 9, 10, 11, 12, 13));
      sum = i16x8.add(sum, i16x8.shuffle(zero, sum, 4, 5, 6, 7, 8, 9, 10, 11));
      sum = i16x8.add(sum, carry);
      carry = i16x8.splat(i16x8.extract_lane_s(sum, 7));
      v128.store(pointer, sum);
    }
    let last = i16x8.extract_lane_s(carry, 0);
    for (; pointer < end; pointer += 2) {
      last += load<i16>(pointer);
      store<i16>(pointer, last);
    }
  }
}

export function undoDifferences32(pointer: usize, rowLength: usize, rows: usize): void {
  const zero = i32x4.splat(0);
  for (; rows > 0; rows--) {
    const end = pointer + (rowLength << 2);
    const whole = pointer + ((rowLength & ~3) << 2);
    let carry = zero;
    for (; pointer < whole; pointer += 16) {
      let sum = v128.load(pointer);
      sum = i32x4.add(sum, i32x4.shuffle(zero, sum, 3, 4, 5, 6));
      sum = i32x4.add(sum, i32x4.shuffle(zero, sum, 2, 3, 4, 5));
      sum = i32x4.add(sum, carry);
      carry = i32x4.splat(i32x4.extract_lane(sum, 3));
      v128.store(pointer, sum);
    }
    let last = i32x4.extract_lane(carry, 0);
    for (; pointer < end; pointer += 4) {
      last += load<i32>(pointer);
      store<i32>(pointer, last);
    }
  }
}
