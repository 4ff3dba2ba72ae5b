import { describe, expect, it } from 'vitest';
import type { ParameterFields } from '../declaration/parameters.ts';
import { UserError } from '../errors/errors.ts';
import {
  formatHelp,
  JSON_OPTION,
  OUTPUT_OPTION,
  parseArguments,
  QUIET_OPTION,
  VOXEL_OPTION,
} from './arguments.ts';

const OWN = [OUTPUT_OPTION, JSON_OPTION, VOXEL_OPTION, QUIET_OPTION];
const FIELDS = {
  gain: {
    kind: 'number',
    title: 'Gain',
    help: 'Factor.',
    unit: '',
    min: -5,
    max: 5,
    step: 1,
    default: 1,
  },
  isFast: { kind: 'boolean', title: 'Fast', help: 'Hurry.', default: true },
} as const satisfies ParameterFields;

const parse = (...args: string[]) => parseArguments(args, OWN, FIELDS);

function refusal(...args: string[]): string {
  try {
    parse(...args);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).code).toBe('usage');
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

describe('parseArguments', () => {
  it('tells inputs, parameters and the command’s own options apart, in any order', () => {
    expect(parse('a.tif', '--gain', '2', '-o', 'out', 'b.tif', '--json')).toEqual({
      positionals: ['a.tif', 'b.tif'],
      params: { gain: 2 },
      options: { output: 'out', json: true },
    });
  });

  it.each([
    [['--output=out'], 'out'],
    [['--output', 'out'], 'out'],
    [['-oout'], 'out'],
    [['-qo', 'out'], 'out'],
    [['--output', 'first', '-o', 'out'], 'out'],
    [['--output=-odd'], '-odd'],
  ])('takes the output from %j', (args, output) => {
    expect(parse(...args).options['output']).toBe(output);
  });

  it('takes negative numbers as values, with and without an equals sign', () => {
    expect(parse('--gain', '-2').params).toEqual({ gain: -2 });
    expect(parse('--gain', '-.5').params).toEqual({ gain: -0.5 });
    expect(parse('--gain=-2').params).toEqual({ gain: -2 });
  });

  it('takes everything after -- for inputs', () => {
    expect(parse('--json', '--', '--gain', '-x.tif').positionals).toEqual(['--gain', '-x.tif']);
  });

  it('turns a switch off that is on by default', () => {
    expect(parse('--no-is-fast').params).toEqual({ isFast: false });
    expect(parse('--is-fast').params).toEqual({ isFast: true });
  });

  it('leaves out what is not given', () => {
    expect(parse()).toEqual({ positionals: [], params: {}, options: {} });
  });

  it('names the nearest option for one that does not exist', () => {
    expect(refusal('--gian', '2')).toBe('There is no option --gian; did you mean --gain?');
    expect(refusal('--zzzzzz')).toBe('There is no option --zzzzzz; see --help.');
    expect(refusal('--gpu')).toMatch(/^The command line has no GPU/);
    expect(refusal('-z')).toBe('There is no option -z; see --help.');
    expect(refusal('--constructor')).toContain('There is no option --constructor');
    expect(refusal('--no-json')).toContain('There is no option --no-json');
  });

  it.each([
    [['--gain'], '--gain needs a value: --gain <number>.'],
    [['--gain', '--json'], '--gain needs a value: --gain <number>.'],
    [['-o'], '-o needs a value: -o, --output <folder>.'],
    [['-o', '-q'], '-o needs a value: -o, --output <folder>.'],
    [['--json=yes'], '--json takes no value, and "yes" was given.'],
    [['--gain', '9'], '--gain is "9": it must be a number from -5 to 5.'],
    [['--gain='], '--gain is "": it must be a number from -5 to 5.'],
  ])('refuses %j', (args, message) => {
    expect(refusal(...args)).toBe(message);
  });
});

describe('formatHelp', () => {
  const help = (width: number): string =>
    formatHelp({
      about: {
        usage: 'test <input>',
        summary: 'Does something that takes more than forty letters to tell.',
        examples: ['tauscope test a.tif'],
      },
      width,
      sections: [
        { title: 'Options', flags: OWN },
        { title: 'Nothing', flags: [] },
      ],
      closing: ['The end.', ''],
    });

  it('has usage, summary, options, closing words and examples in this order', () => {
    const text = help(88);
    const order = [
      'Usage: tauscope test <input>',
      'Does something',
      'Options:',
      'The end.',
      'Examples:',
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).toEqual([...places].toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(text).not.toContain('Nothing');
    expect(text.endsWith('tauscope test a.tif\n')).toBe(true);
  });

  it('keeps to the width', () => {
    const lines = help(44).split('\n');
    expect(lines.filter((line) => line.length > 44)).toEqual([]);
  });
});
