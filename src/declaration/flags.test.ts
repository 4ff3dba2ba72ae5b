import { describe, expect, it } from 'vitest';
import { loadAllOperations } from '../operations/registry.ts';
import {
  flagHelp,
  flagOptions,
  flagsFromParameters,
  parametersFromFlags,
  readArguments,
} from './flags.ts';
import { UserError } from '../errors/errors.ts';
import { type ParameterFields, parseParameters } from './parameters.ts';

function noSuchFlag(raw: string): UserError {
  return new UserError('usage', `There is no ${raw}.`);
}

const FIELDS = {
  sigma: {
    kind: 'auto-number',
    title: 'σ',
    help: 'Noise.',
    unit: 'grey',
    min: 0,
    max: 10,
    step: 0.1,
    auto: 'Estimated.',
  },
  patchRadius: {
    kind: 'integer',
    title: 'Patch radius',
    help: 'Half the patch.',
    unit: 'voxel',
    min: 1,
    max: 4,
    step: 1,
    default: 2,
  },
  phase: { kind: 'labels', title: 'Phase', help: 'Which.' },
  intervals: {
    kind: 'intervals',
    title: 'Intervals',
    help: 'Seeds.',
    minCount: 2,
    maxCount: 8,
    auto: 'From peaks.',
  },
  box: { kind: 'box', title: 'Box', help: 'What to keep.' },
  names: { kind: 'phases', title: 'Names', help: 'What is what.' },
  values: {
    kind: 'label-values',
    title: 'Values',
    help: 'How much.',
    unit: 'S/m',
    min: 0,
    max: 1e9,
    auto: 'One for pores.',
  },
  isFast: { kind: 'boolean', title: 'Fast', help: 'Hurry.', default: true },
  isDry: { kind: 'boolean', title: 'Dry', help: 'Only look.', default: false },
} as const satisfies ParameterFields;

describe('flags', () => {
  it('are kebab-case names with unit, range and default in the help', () => {
    expect(flagHelp(FIELDS)).toEqual([
      {
        flag: '--sigma <number|auto>',
        text: 'Noise. auto: Estimated. [a number from 0 to 10 grey, or auto; default auto]',
      },
      {
        flag: '--patch-radius <number>',
        text: 'Half the patch. [a whole number from 1 to 4 voxel; default 2 voxel]',
      },
      {
        flag: '--phase <label,…>',
        text: 'Which. [a list of label values with commas between, or all; default all]',
      },
      {
        flag: '--intervals <name:from..to,…>',
        text: 'Seeds. auto: From peaks. [2 to 8 rising grey intervals name:from..to that do not overlap, with an end left out where it is open, or auto; default auto]',
      },
      {
        flag: '--box <x0,x1,y0,y1,z0,z1>',
        text: 'What to keep. [six whole numbers x0,x1,y0,y1,z0,z1, each end after its start, or all; default all]',
      },
      {
        flag: '--names <label:name[:pore[:#rrggbb]],…>',
        text: 'What is what. [a list of label:name or label:name:pore, each label once; default as in the volume]',
      },
      {
        flag: '--values <label=number,…>',
        text: 'How much. auto: One for pores. [a list of label=number, each label once, numbers from 0 to 1e9 S/m, or auto; default auto]',
      },
      { flag: '--no-is-fast', text: 'Hurry. [default on]' },
      { flag: '--is-dry', text: 'Only look. [default off]' },
    ]);
  });

  it.each([
    [1e-6, 1e9, 'from 1e-6 to 1e9'],
    [0.0001, 999_999, 'from 0.0001 to 999999'],
    [0, Number.MAX_SAFE_INTEGER, 'from 0 to 2^53 − 1'],
    [-2.5e-7, -1e-4, 'from -2.5e-7 to -0.0001'],
  ])('write the range %d to %d so that a person can read it', (min, max, text) => {
    const field = { ...FIELDS.sigma, min, max };
    expect(flagHelp({ field })[0]?.text).toContain(text);
  });

  it('parse numbers, lists, automatic values and intervals', () => {
    const values = {
      sigma: 'auto',
      'patch-radius': '3',
      phase: '0,2',
      intervals: 'dark:..-3,pore:5..100,binder:120..200.5,active:201..',
    };
    expect(parametersFromFlags(FIELDS, values)).toEqual({
      sigma: null,
      patchRadius: 3,
      phase: [0, 2],
      intervals: [
        { name: 'dark', from: null, to: -3 },
        { name: 'pore', from: 5, to: 100 },
        { name: 'binder', from: 120, to: 200.5 },
        { name: 'active', from: 201, to: null },
      ],
    });
  });

  it('parse boxes, names and switches', () => {
    const values = {
      box: '0,4,1,5,2,6',
      names: '0:void:pore,2:binder::#ff0000',
      'is-dry': true,
      'is-fast': false,
    };
    expect(parametersFromFlags(FIELDS, values)).toEqual({
      box: [0, 4, 1, 5, 2, 6],
      names: [
        { label: 0, name: 'void', colour: '#0072b2', pore: true },
        { label: 2, name: 'binder', colour: '#ff0000', pore: false },
      ],
      isDry: true,
      isFast: false,
    });
  });

  it('parse a number for each label', () => {
    const parsed = { values: [0, 2].map((label) => ({ label, value: label === 0 ? 1 : 0.05 })) };
    expect(parametersFromFlags(FIELDS, { values: '0=1,2=5e-2' })).toEqual(parsed);
    expect(flagsFromParameters(FIELDS, parsed)).toEqual(['--values', '0=1,2=0.05']);
    expect(parametersFromFlags(FIELDS, { values: 'auto' })).toEqual({ values: null });
  });

  it('count a label once that is listed twice', () => {
    expect(parametersFromFlags(FIELDS, { phase: '2,0,2' })).toEqual({ phase: [2, 0] });
  });

  it.each([
    ['patch-radius', 'two', /--patch-radius is "two": it must be a whole number from 1 to 4 voxel/],
    ['patch-radius', '5', /--patch-radius is "5": it must be a whole number from 1 to 4 voxel/],
    ['patch-radius', '1.5', /--patch-radius is "1.5"/],
    ['phase', '0,x', /--phase is "0,x": it must be a list of label values/],
    ['phase', '-1', /--phase is "-1"/],
    ['sigma', '', /--sigma is ""/],
    ['sigma', 'Infinity', /--sigma is "Infinity"/],
    ['intervals', 'pore:1..2', /--intervals is "pore:1..2": it must be 2 to 8/],
    ['intervals', 'pore:1..9,solid:5..', /--intervals is/],
    ['intervals', 'pore:100,solid:200..', /--intervals is/],
    ['intervals', '..100,solid:200..', /--intervals is/],
    ['box', '0,4,0,4', /--box is "0,4,0,4": it must be six whole numbers/],
    ['box', '4,0,0,4,0,4', /--box is/],
    ['names', '0:a:solid', /--names is "0:a:solid"/],
    ['names', '0:a,0:b', /--names is "0:a,0:b"/],
    ['values', '0=1,0=2', /--values is "0=1,0=2": it must be a list of label=number/],
    ['values', '0=-1', /--values is "0=-1"/],
    ['values', '0=1=2', /--values is "0=1=2"/],
    ['values', '1', /--values is "1"/],
    ['names', '0:', /--names is "0:"/],
  ])('refuse --%s %s in one sentence', (flag, text, message) => {
    const parse = () => parametersFromFlags(FIELDS, { [flag]: text });
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('turn off a switch that is on by default', () => {
    expect(flagsFromParameters(FIELDS, { isFast: false, isDry: true })).toEqual([
      '--no-is-fast',
      '--is-dry',
    ]);
  });

  it('give every operation’s example parameters again', async () => {
    for (const operation of await loadAllOperations()) {
      const options = flagOptions(operation.parameters);
      for (const example of operation.examples) {
        const params = parseParameters(operation.parameters, example.params, operation.id);
        const flags = flagsFromParameters(operation.parameters, params);
        const { values } = readArguments(flags, options, noSuchFlag);
        const again = parametersFromFlags(operation.parameters, values);
        expect(parseParameters(operation.parameters, again, operation.id)).toEqual(params);
      }
    }
  });
});

describe('readArguments', () => {
  const read = (...args: string[]) => readArguments(args, flagOptions(FIELDS), noSuchFlag);

  it('reads values beside a flag or after an equals sign, and what is no flag', () => {
    expect(read('in.tif', '--sigma', '-2', '--phase=1,2', '--no-is-fast', '--', '--box')).toEqual({
      positionals: ['in.tif', '--box'],
      values: { sigma: '-2', phase: '1,2', 'is-fast': false },
    });
  });

  it.each([
    [['--sigma'], '--sigma needs a value: --sigma <number|auto>.'],
    [['--sigma', '--phase'], '--sigma needs a value: --sigma <number|auto>.'],
    [['--no-is-fast=1'], '--no-is-fast takes no value, and "1" was given.'],
    [['--no-sigma'], 'There is no --no-sigma.'],
    [['--constructor'], 'There is no --constructor.'],
    [['-x'], 'There is no -x.'],
  ])('refuses %j', (args, sentence) => {
    expect(() => read(...args)).toThrow(sentence);
  });
});
