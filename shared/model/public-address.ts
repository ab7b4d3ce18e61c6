/** True for an https address whose host is a public name, or a public address written plainly. */
export function isPublicHttps(address: string): boolean {
  const url = parsed(address);
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return false;
  // The URL parser has already turned 0x7f.1, 2130706433 and full-width digits into plain ones.
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  if (host.startsWith('[')) return isPublicIp(host.slice(1, -1));
  if (/^[\d.]+$/.test(host)) return isPublicIp(host);
  const isLocalName = /^(localhost|.*\.(localhost|local|internal|home|lan|arpa|test|invalid))$/.test(host);
  return host.includes('.') && !isLocalName;
}

/** True for an IPv4 or IPv6 address that is neither private, local, shared, nor otherwise reserved. */
export function isPublicIp(address: string): boolean {
  if (address.includes(':')) return isPublicV6(address.toLowerCase());
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    return false;
  const [first = 0, second = 0, third = 0] = parts;
  const isReserved =
    [0, 10, 127].includes(first) ||
    first >= 224 ||
    (first === 100 && second >= 64 && second <= 127) ||
    (first === 169 && second === 254) ||
    (first === 172 && second >= 16 && second <= 31) ||
    (first === 192 &&
      (second === 168 ||
        (second === 0 && (third === 0 || third === 2)) ||
        (second === 88 && third === 99))) ||
    (first === 198 && (second === 18 || second === 19 || (second === 51 && third === 100))) ||
    (first === 203 && second === 0 && third === 113) ||
    (first === 168 && second === 63);
  return !isReserved;
}

/** Only global unicast is public; what carries an IPv4 address inside is judged by that, or refused. */
function isPublicV6(address: string): boolean {
  const first = Number.parseInt(address.split(':')[0] || '0', 16);
  if (first < 0x2000 || first > 0x3fff) return false;
  const second = Number.parseInt(address.split(':')[1] || '0', 16);
  const carriesAnother =
    first === 0x2002 || (first === 0x2001 && second < 0x200) || (first === 0x2001 && second === 0xdb8);
  return !carriesAnother;
}

function parsed(address: string): URL | undefined {
  return URL.canParse(address) ? new URL(address) : undefined;
}
