/** Lets several drivers share one progress bar. */
import type { KernelSession } from './session.ts';

/** The same session, whose progress 0 to 1 covers `from` to `to` of the whole job. */
export function sessionPart(session: KernelSession, from: number, to: number): KernelSession {
  return {
    threads: session.threads,
    allocate: (bytes) => session.allocate(bytes),
    get allocatedBytes() {
      return session.allocatedBytes;
    },
    u8: (pointer, length) => session.u8(pointer, length),
    u16: (pointer, length) => session.u16(pointer, length),
    i32: (pointer, length) => session.i32(pointer, length),
    u32: (pointer, length) => session.u32(pointer, length),
    f32: (pointer, length) => session.f32(pointer, length),
    f64: (pointer, length) => session.f64(pointer, length),
    call: (kernel, ...args) => session.call(kernel, ...args),
    run: (plan, onTaskDone, meanwhile) => session.run(plan, onTaskDone, meanwhile),
    breathe: () => session.breathe(),
    progress: (fraction) => session.progress(from + (to - from) * fraction),
  };
}
