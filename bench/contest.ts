/**
 * A contest: one volume, contestants that compute the same thing of it in turn, and claims about the
 * ratios of their times. Contestants take turns so that a machine that is busy for a while is busy
 * for all of them.
 */
import type { NumericVoxelArray } from '../src/volume/volume.ts';
import { voxelCount } from '../src/volume/volume.ts';
import { createOwnHost, type OwnHost } from './own.ts';
import type { PeerCall, Peers } from './peers.ts';
import type { Sample, SampleSource } from './volumes.ts';

/** What a contestant computed: a number, an array of the volume's shape, or both. */
export interface Outcome {
  readonly value?: number;
  readonly data?: NumericVoxelArray;
  /** Tells of the run: iterations, whether it converged. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export type OwnTask = (sample: Sample, own: OwnHost) => Promise<Outcome>;

export interface OwnContestant {
  readonly threads: number;
  readonly title: string;
  readonly task: OwnTask;
  /** Edge of its own volume, where it is not the contest's. */
  readonly edge?: number;
  readonly rounds?: number;
}

export interface PeerContestant {
  readonly title: string;
  /** What stands behind the title, where that is not the named function itself. */
  readonly note?: string;
  readonly peer: PeerCall;
  readonly rounds?: number;
  /** How far its result is from the own one. */
  compare(own: Outcome, peer: Outcome): Agreement;
}

export type Contestant = OwnContestant | PeerContestant;

export interface Claim {
  /** Names of contestants. */
  readonly own: string;
  readonly against: string;
  /**
   * Processor time, which another program on the machine disturbs little, for what runs on one
   * thread; wall time for what runs on several.
   */
  readonly clock: 'cpu' | 'wall';
  /** `speed-up`: time of the other over own time; `time`: own time over that of the other. */
  readonly figure: 'speed-up' | 'time';
  /** Least speed-up or largest time; null where nothing is promised. */
  readonly target: number | null;
  /** Why the target is missed: printed where it is. */
  readonly missed?: string;
}

export interface Agreement {
  readonly text: string;
  readonly agrees: boolean;
}

export interface Contest {
  readonly id: string;
  readonly title: string;
  readonly source: SampleSource;
  /** Turns of each contestant. */
  readonly rounds: number;
  /** Runs within a turn: several for what takes milliseconds. */
  readonly calls?: number;
  readonly contestants: Readonly<Record<string, Contestant>>;
  readonly claims: readonly Claim[];
}

/** What a contestant's runs came to, or why there is nothing. */
export type Standing =
  | {
      readonly kind: 'measured';
      /** Seconds of each run. */
      readonly cpu: readonly number[];
      readonly wall: readonly number[];
      readonly voxels: number;
      /** Memory beyond the input, bytes. */
      readonly bytes: number;
      readonly agreement: Agreement | null;
    }
  | {
      readonly kind: 'missing';
      readonly reason: string;
      /** An own task that ended in an error: a target it has is missed. */
      readonly failed: boolean;
    };

export interface ContestResult {
  readonly contest: Contest;
  /** Edge of the generated volume, null for reference data. */
  readonly edge: number | null;
  readonly standings: Readonly<Record<string, Standing>>;
}

export interface ContestOptions {
  /** Replaces the edge of every generated volume. */
  readonly edge: number | null;
  /** Replaces the number of rounds. */
  readonly rounds: number | null;
  readonly peers: Peers;
  report(line: string): void;
}

interface Turn {
  readonly cpu: readonly number[];
  readonly wall: readonly number[];
  readonly bytes: number;
  readonly outcome: Outcome;
}

/** A contestant's runs so far. */
class Tally {
  readonly cpu: number[] = [];
  readonly wall: number[] = [];
  bytes = 0;
  outcome: Outcome = {};
  problem: string | null = null;
  failed = false;

  add(turn: Turn): void {
    this.cpu.push(...turn.cpu);
    this.wall.push(...turn.wall);
    this.bytes = Math.max(this.bytes, turn.bytes);
    this.outcome = turn.outcome;
  }
}

async function ownTurn(
  { task }: OwnContestant,
  sample: Sample,
  own: OwnHost,
  calls: number,
): Promise<Turn> {
  const cpu: number[] = [];
  const wall: number[] = [];
  let outcome: Outcome = {};
  own.takeArenaBytes();
  for (let call = 0; call < calls; call++) {
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    outcome = await task(sample, own);
    wall.push((performance.now() - startedAt) / 1000);
    const { user, system } = process.cpuUsage(cpuBefore);
    cpu.push((user + system) / 1e6);
  }
  const bytes = own.takeArenaBytes() + (outcome.data?.byteLength ?? 0);
  return { cpu, wall, bytes, outcome };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The volumes a contest needs, each loaded once; null where the reference data are missing. */
class Samples {
  readonly #loaded = new Map<number, Promise<Sample | null>>();
  readonly #source: SampleSource;
  readonly #own: OwnHost;
  constructor(source: SampleSource, own: OwnHost) {
    this.#source = source;
    this.#own = own;
  }
  of(edge: number): Promise<Sample | null> {
    const found = this.#loaded.get(edge) ?? this.#source.load(edge, this.#own);
    this.#loaded.set(edge, found);
    return found;
  }
}

export async function runContest(
  contest: Contest,
  options: ContestOptions,
): Promise<ContestResult> {
  const { source, contestants, calls = 1 } = contest;
  const hosts = new Map<number, OwnHost>();
  const hostOf = (threads: number): OwnHost => {
    const found = hosts.get(threads) ?? createOwnHost(threads);
    hosts.set(threads, found);
    return found;
  };
  const edge = source.edge === null ? null : (options.edge ?? source.edge);
  const scaled = (own: number | undefined): number =>
    own === undefined || source.edge === null || edge === null
      ? (edge ?? 0)
      : Math.max(4, Math.round((own / source.edge) * edge));
  const samples = new Samples(source, hostOf(1));
  const records = new Map(Object.keys(contestants).map((name) => [name, new Tally()]));
  const voxels = new Map<string, number>();

  const takeTurn = async (name: string, contestant: Contestant): Promise<void> => {
    const record = records.get(name) as Tally;
    const sample = await samples.of(
      'peer' in contestant ? scaled(undefined) : scaled(contestant.edge),
    );
    if (sample === null) {
      record.problem = 'the reference data are not on this machine (TAUSCOPE_REFERENCE_DATA)';
      return;
    }
    voxels.set(name, voxelCount(sample.volume.size));
    if ('peer' in contestant) {
      record.add(await options.peers.run(contestant.peer, sample, calls));
    } else {
      const own = hostOf(contestant.threads);
      // The first run compiles the kernels to their fast form.
      if (record.cpu.length === 0) await contestant.task(sample, own);
      record.add(await ownTurn(contestant, sample, own, calls));
    }
  };

  const most = Math.max(
    ...Object.values(contestants).map(({ rounds }) => rounds ?? contest.rounds),
  );
  for (let round = 0; round < (options.rounds ?? most); round++) {
    for (const [name, contestant] of Object.entries(contestants)) {
      const record = records.get(name) as Tally;
      if (record.problem !== null) continue;
      if (round >= (options.rounds ?? contestant.rounds ?? contest.rounds)) continue;
      const startedAt = performance.now();
      try {
        await takeTurn(name, contestant);
      } catch (error) {
        record.problem = reasonOf(error);
        record.failed = !('peer' in contestant);
      }
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      options.report(`  ${name}: ${record.problem ?? `${seconds} s`}`);
    }
  }
  for (const host of hosts.values()) host.dispose();
  return { contest, edge, standings: standingsOf(contest, records, voxels) };
}

function standingsOf(
  contest: Contest,
  records: ReadonlyMap<string, Tally>,
  voxels: ReadonlyMap<string, number>,
): Readonly<Record<string, Standing>> {
  const firstOwn = Object.entries(contest.contestants).find(([, each]) => !('peer' in each))?.[0];
  const own = records.get(firstOwn ?? '');
  return Object.fromEntries(
    [...records].map(([name, record]): [string, Standing] => {
      if (record.problem !== null) {
        return [name, { kind: 'missing', reason: record.problem, failed: record.failed }];
      }
      const contestant = contest.contestants[name] as Contestant;
      const agreement =
        'peer' in contestant && own !== undefined && own.problem === null
          ? contestant.compare(own.outcome, record.outcome)
          : null;
      const { cpu, wall, bytes } = record;
      return [
        name,
        { kind: 'measured', cpu, wall, bytes, voxels: voxels.get(name) ?? 1, agreement },
      ];
    }),
  );
}
