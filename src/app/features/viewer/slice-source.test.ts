import { describe, expect, it, vi } from 'vitest';
import type { SlicePixels, SliceRequest } from '../../../../workers/engine-api.ts';
import type { Vector3 } from '../../../volume/volume.ts';
import { SliceSource } from './slice-source.ts';

interface Call {
  readonly request: SliceRequest;
  readonly answer: (pixels: SlicePixels) => void;
  readonly refuse: (error: Error) => void;
}

function createFakeClient() {
  const calls: Call[] = [];
  const slice = (request: SliceRequest) =>
    new Promise<SlicePixels>((answer, refuse) => {
      calls.push({ request, answer, refuse });
    });
  const profile = vi.fn(async (_handle: string, [x]: Vector3) => Float64Array.of(x * 10));
  return { calls, slice, profile };
}

const PIXELS: SlicePixels = { width: 1, height: 1, data: Uint8Array.of(7) };
const key = (index: number) => ({ handle: 'v', axis: 2 as const, index });
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('SliceSource', () => {
  it('asks for the latest wish only, one request at a time', async () => {
    const client = createFakeClient();
    const source = new SliceSource(client);
    const done: number[] = [];
    for (const index of [1, 2, 3, 4]) source.want('xy', key(index), () => done.push(index));
    expect(client.calls.map((call) => call.request.index)).toEqual([1]);
    client.calls[0]?.answer(PIXELS);
    await settle();
    expect(client.calls.map((call) => call.request.index)).toEqual([1, 4]);
    client.calls[1]?.answer(PIXELS);
    await settle();
    expect(done).toEqual([1, 4]);
  });

  it('tells levels of one slice apart', async () => {
    const client = createFakeClient();
    const source = new SliceSource(client);
    source.want('xy', { ...key(1), level: 2 }, () => undefined);
    client.calls[0]?.answer(PIXELS);
    await settle();
    source.want('xy', key(1), () => undefined);
    expect(client.calls.map(({ request }) => request.level)).toEqual([2, undefined]);
  });

  it('asks for the latest of several values, one at a time', async () => {
    const client = createFakeClient();
    const source = new SliceSource(client);
    const values: number[] = [];
    for (const x of [1, 2, 3]) source.wantValue('readout', 'v', [x, 0, 0], (v) => values.push(v));
    await settle();
    expect(values).toEqual([10, 30]);
    expect(client.profile).toHaveBeenCalledTimes(2);
  });

  it('answers from its cache without asking again', async () => {
    const client = createFakeClient();
    const source = new SliceSource(client);
    source.want('xy', key(1), () => undefined);
    client.calls[0]?.answer(PIXELS);
    await settle();
    let answer: SlicePixels | null = null;
    source.want('xz', key(1), (pixels) => {
      answer = pixels;
    });
    expect(answer).toBe(PIXELS);
    expect(client.calls.length).toBe(1);
  });

  it('serves the next wish after a failed one', async () => {
    const client = createFakeClient();
    const source = new SliceSource(client);
    source.want('xy', key(1), () => expect.unreachable());
    let answered = false;
    source.want('xy', key(2), () => {
      answered = true;
    });
    client.calls[0]?.refuse(new Error('released'));
    await settle();
    client.calls[1]?.answer(PIXELS);
    await settle();
    expect(answered).toBe(true);
  });

  it('forgets the slices used longest ago beyond its budget', async () => {
    const client = createFakeClient();
    const source = new SliceSource(client, 2);
    const fetch = async (index: number): Promise<void> => {
      const before = client.calls.length;
      source.want('xy', key(index), () => undefined);
      client.calls[before]?.answer(PIXELS);
      await settle();
    };
    for (const index of [1, 2, 1, 3]) await fetch(index);
    expect(client.calls.map((call) => call.request.index)).toEqual([1, 2, 3]);
    await fetch(1);
    expect(client.calls.length).toBe(3);
    await fetch(2);
    expect(client.calls.length).toBe(4);
  });
});
