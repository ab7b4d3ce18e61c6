import { readFileSync } from 'node:fs';
import { readSettings, Settings } from '../../shared/settings';

const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
  Values: Record<string, string>;
};

describe('the settings', () => {
  it('accept what the sample shows', () => {
    expect(readSettings(sample.Values).DOORBELL_QUEUE).toBe('doorbells');
  });

  it('name the setting that is wrong, and keep its value to themselves', () => {
    const wrong = { ...sample.Values, COSMOS_ENDPOINT: 'AccountKey=secret' };
    expect(() => readSettings(wrong)).toThrow('COSMOS_ENDPOINT');
    expect(() => readSettings(wrong)).not.toThrow('secret');
  });

  it('are all in the sample, but for those of the managed identity', () => {
    const known = Object.keys(Settings.shape).filter((name) => !name.includes('__'));
    expect(Object.keys(sample.Values)).toEqual(expect.arrayContaining(known));
  });
});
