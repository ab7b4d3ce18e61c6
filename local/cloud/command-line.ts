import { parseArgs } from 'node:util';
import { choosePorts, isPortName, usualPorts, type PortName, type Ports } from './ports';

export interface CommandLine {
  readonly dataFolder: string;
  readonly declarationFile: string;
  readonly ports: Ports;
  readonly isHelp: boolean;
}

export const usage = `npm start -- [options]

  --data <folder>          where everything is kept (default .lifeboat)
  --port-base <number>     moves all ports: they are numbered from here on
  --port <name>=<number>   moves one port; may be repeated. Names and usual numbers:
${Object.entries(usualPorts)
  .map(([name, port]) => `                             ${name} ${port}`)
  .join('\n')}
  --declaration <file>     what the app needs (default local.cloud.json)
  --help`;

/** Reads the words of `npm start`. */
export function readCommandLine(words: string[]): CommandLine {
  const { values } = parseArgs({
    args: words,
    options: {
      data: { type: 'string', default: '.lifeboat' },
      declaration: { type: 'string', default: 'local.cloud.json' },
      'port-base': { type: 'string' },
      port: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  const base = values['port-base'];
  return {
    dataFolder: values.data,
    declarationFile: values.declaration,
    ports: choosePorts(
      base === undefined ? undefined : portFrom(base, '--port-base'),
      Object.fromEntries(values.port.map(readPort)),
    ),
    isHelp: values.help,
  };
}

function readPort(word: string): [PortName, number] {
  const [name = '', number = ''] = word.split('=', 2);
  if (!isPortName(name)) {
    throw new Error(`--port ${word}: the name is one of ${Object.keys(usualPorts).join(', ')}`);
  }
  return [name, portFrom(number, `--port ${name}`)];
}

function portFrom(text: string, option: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new Error(`${option} takes a number from 1 to 65535, not '${text}'`);
  }
  return port;
}
