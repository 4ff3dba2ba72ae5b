import { describe, expect, it } from 'vitest';
import { loadAllOperations } from '../operations/registry.ts';
import { flagHelp, flagOptions, flagsFromParameters, parametersFromFlags } from './flags.ts';
import { type ParameterFields, parseParameters } from './parameters.ts';

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
} as const satisfies ParameterFields;

describe('flags', () => {
  it('are kebab-case names with unit, range and default in the help', () => {
    const [, patch] = flagHelp(FIELDS);
    expect(patch?.flag).toBe('--patch-radius <number>');
    expect(patch?.text).toBe('Half the patch. [a whole number from 1 to 4 voxel; default 2 voxel]');
  });

  it('parse numbers, lists, automatic values and intervals', () => {
    const values = {
      sigma: 'auto',
      'patch-radius': '3',
      phase: '0,2',
      intervals: 'pore:..100,binder:120..200.5,active:-3..',
    };
    expect(parametersFromFlags(FIELDS, values)).toEqual({
      sigma: null,
      patchRadius: 3,
      phase: [0, 2],
      intervals: [
        { name: 'pore', from: null, to: 100 },
        { name: 'binder', from: 120, to: 200.5 },
        { name: 'active', from: -3, to: null },
      ],
    });
  });

  it.each([
    ['patch-radius', 'two', /--patch-radius is "two": it must be a whole number from 1 to 4 voxel/],
    ['phase', '0,x', /--phase is "0,x": it must be a list of label values/],
    ['sigma', '', /--sigma is ""/],
  ])('refuse --%s %s in one sentence', (flag, text, message) => {
    expect(() => parametersFromFlags(FIELDS, { [flag]: text })).toThrow(message);
  });

  it('give every operation’s example parameters again', async () => {
    for (const operation of await loadAllOperations()) {
      const options = flagOptions(operation.parameters);
      for (const example of operation.examples) {
        const params = parseParameters(operation.parameters, example.params, operation.id);
        const flags = flagsFromParameters(operation.parameters, params);
        const values: Record<string, string | boolean> = {};
        for (let i = 0; i < flags.length; i++) {
          const name = (flags[i] as string).slice(2);
          values[name] = options[name]?.type === 'boolean' ? true : (flags[++i] as string);
        }
        const again = parametersFromFlags(operation.parameters, values);
        expect(parseParameters(operation.parameters, again, operation.id)).toEqual(params);
      }
    }
  });
});
