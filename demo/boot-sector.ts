/**
 * A machine of one sector: started by a BIOS, it reads its note (the ninth sector of its own disk), writes it to the
 * serial console and stops. With QEMU a recovered disk can thereby say itself which moment it holds, and nothing but
 * QEMU is needed.
 */
const program: readonly (readonly [code: string, what: string])[] = [
  ['31c0', 'xor ax, ax'],
  ['8ed8', 'mov ds, ax'],
  ['8ec0', 'mov es, ax'],
  ['8ed0', 'mov ss, ax'],
  ['bc007c', 'mov sp, 0x7c00'],
  ['b442', 'mov ah, 0x42: read from the disk in dl'],
  ['be307c', 'mov si, 0x7c30: what and where to'],
  ['cd13', 'int 0x13'],
  ['be007e', 'mov si, 0x7e00: the note'],
  ['ac', 'next: lodsb'],
  ['84c0', 'test al, al'],
  ['7412', 'jz halt'],
  ['88c3', 'mov bl, al'],
  ['bafd03', 'mov dx, 0x3fd: the line status of the serial port'],
  ['ec', 'wait: in al, dx'],
  ['a820', 'test al, 0x20'],
  ['74fb', 'jz wait'],
  ['baf803', 'mov dx, 0x3f8: its data'],
  ['88d8', 'mov al, bl'],
  ['ee', 'out dx, al'],
  ['ebe9', 'jmp next'],
  ['f4', 'halt: hlt'],
  ['ebfd', 'jmp halt'],
];

const sectorBytes = 512;
const noteSector = 8;
const packetOffsetBytes = 0x30;
/** Packet size, one sector, to 0000:7e00, from the note's sector. */
const packet = `10000100007e0000${noteSector.toString(16).padStart(2, '0')}00000000000000`;

export const noteOffsetBytes = noteSector * sectorBytes;

export function bootSector(): Buffer {
  const sector = Buffer.alloc(sectorBytes);
  Buffer.from(program.map(([code]) => code).join(''), 'hex').copy(sector);
  Buffer.from(packet, 'hex').copy(sector, packetOffsetBytes);
  sector.writeUInt16BE(0x55aa, sectorBytes - 2);
  return sector;
}

/** What the machine says when it starts; its last line is the one that a guest agent waits for. */
export function noteOf(machine: string, lines: readonly string[]): Buffer {
  const note = Buffer.alloc(sectorBytes);
  note.write([...lines, `${machine} is up and ready`].map((line) => `${line}\r\n`).join(''), 'latin1');
  return note;
}
