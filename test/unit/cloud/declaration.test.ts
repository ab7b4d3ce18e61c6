import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommandLine } from '../../../local/cloud';
import { readDeclaration } from '../../../local/cloud/declaration';
import { fillAll } from '../../../local/cloud/placeholders';
import { openSecrets } from '../../../local/cloud/secrets';

describe('the declaration of a local cloud', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'declaration-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = async (text: string) => {
    const file = join(folder, 'local.cloud.json');
    await writeFile(file, text);
    return readDeclaration(file);
  };

  it('is read', async () => {
    const { storage } = await read(await readFile('local.cloud.json', 'utf8'));
    expect(storage.cache.account).toBe('lifeboatcache');
  });

  it.each([
    ['{', 'local.cloud.json is not JSON'],
    ['[]', 'does not declare a local cloud'],
    ['{"identity": 3}', 'identity'],
  ])('is refused with a reason: %s', async (text, reason) => {
    await expect(read(text)).rejects.toThrow(reason);
  });

  it('names the account that Azure would not take', async () => {
    const text = (await readFile('local.cloud.json', 'utf8')).replace('lifeboatcache', 'Not_A_Name');
    await expect(read(text)).rejects.toThrow('storage.cache.account');
  });

  it('says which file is missing', async () => {
    await expect(readDeclaration(join(folder, 'none.json'))).rejects.toThrow('none.json, cannot be read');
  });
});

describe('a placeholder', () => {
  it('is replaced wherever it stands', () => {
    const filled = fillAll({ A: '{{a.b}}/{{ c }}' }, { 'a.b': 'x', c: 'y' }, 'app.environment');
    expect(filled).toEqual({ A: 'x/y' });
  });

  it('that names nothing is refused by key and name', () => {
    expect(() => fillAll({ A: '{{b}}' }, { c: 'y' }, 'app.environment')).toThrow(
      'app.environment.A has the placeholder {{b}}; there is only c',
    );
  });
});

describe('the secrets of a data folder', () => {
  it('are made once, kept, and added to when more are needed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'secrets-'));
    const file = join(folder, 'secrets.json');
    const first = await openSecrets(file, ['a', 'b']);
    const later = await openSecrets(file, ['a', 'b', 'c']);
    expect(later).toMatchObject(first);
    expect(new Set(Object.values(later)).size).toBe(3);
    await writeFile(file, '{"a": 1}');
    await expect(openSecrets(file, ['a'])).rejects.toThrow('cannot be read');
    await rm(folder, { recursive: true });
  });
});

describe('the words of npm start', () => {
  it('leave every port where people expect it', () => {
    expect(readCommandLine([])).toMatchObject({
      dataFolder: '.lifeboat',
      ports: { host: 7071, servicebus: 5672 },
    });
  });

  it('move all ports, and single ones', () => {
    const { ports } = readCommandLine(['--port-base', '9000', '--port', 'cosmos=8081', '--port', 'arm=1234']);
    expect(ports).toMatchObject({ host: 9000, 'host-https': 9001, cosmos: 8081, arm: 1234 });
  });

  it.each([
    [['--port', 'cosmo=1'], 'the name is one of host'],
    [['--port', 'cosmos'], "--port cosmos takes a number from 1 to 65535, not ''"],
    [['--port', 'cosmos=70000'], "not '70000'"],
    [['--port-base', '1x'], "not '1x'"],
    [['--prot', '1'], '--prot'],
  ])('are refused when wrong: %j', (words, reason) => {
    expect(() => readCommandLine(words)).toThrow(reason);
  });
});
