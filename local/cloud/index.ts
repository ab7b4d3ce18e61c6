export { startCloud, type Cloud, type CloudOptions } from './cloud';
export { builtParts, partNames, type PartName } from './plan';
export { choosePorts, freePorts, isPortName, usualPorts, type PortName, type Ports } from './ports';
export { readCommandLine, usage, type CommandLine } from './command-line';
export { describe } from './report';
export { type Line } from './child';
