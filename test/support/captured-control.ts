import type { ControlMessage } from '../../router/mesh/control/control-message.ts'

interface Captured {
  readonly bytes: Buffer
  readonly message: ControlMessage
  /** The router it was sent to. */
  readonly target: string
}

const INSTANCE = 0x6b038aaf
const SEES_NOBODY =
  'w\xd1\x00\x00\x001\x00\x00\x00\x0a\xa1\x02id\xa1\x02RA\xa1\x02pvT\x01\xa1\x04area\xa1\x010\xa1\x08instanceqk\x03\x8a\xaf\xa1\x04seenE'
const SEES_RB =
  'w\xd1\x00\x00\x00=\x00\x00\x00\x0a\xa1\x02id\xa1\x02RA\xa1\x02pvT\x01\xa1\x04area\xa1\x010\xa1\x08instanceqk\x03\x8a\xaf\xa1\x04seen\xd0\x00\x00\x00\x08\x00\x00\x00\x01\xa1\x02RB'
const ADVERTISES =
  'w\xd1\x00\x00\x00B\x00\x00\x00\x0c\xa1\x02id\xa1\x02RA\xa1\x02pvT\x01\xa1\x04area\xa1\x010\xa1\x08instanceqk\x03\x8a\xaf\xa1\x06ls_seqT\x01\xa1\x0amobile_seqT\x01'
const ASKS_LINKS = 'w\xd1\x00\x00\x00\x1b\x00\x00\x00\x06\xa1\x02id\xa1\x02RA\xa1\x02pvT\x01\xa1\x04area\xa1\x010'
const TELLS_LINKS =
  'w\xd1\x00\x00\x00r\x00\x00\x00\x0c\xa1\x02id\xa1\x02RA\xa1\x02pvT\x01\xa1\x04area\xa1\x010\xa1\x08instanceqk\x03\x8a\xaf\xa1\x06ls_seqT\x01\xa1\x02ls\xd1\x00\x00\x005\x00\x00\x00\x08\xa1\x02id\xa1\x02RA\xa1\x04area\xa1\x010\xa1\x06ls_seqT\x01\xa1\x05peers\xd1\x00\x00\x00\x0a\x00\x00\x00\x02\xa1\x02RBT\x03'
const ASKS_ADDRESSES =
  "w\xd1\x00\x00\x00'\x00\x00\x00\x08\xa3\x02id\xa1\x02RA\xa3\x02pvU\x02\xa3\x04area\xa1\x010\xa3\x08have_seqU\x00"
const TELLS_ADDRESSES =
  'w\xd1\x00\x00\x00M\x00\x00\x00\x0a\xa3\x02id\xa1\x02RA\xa3\x02pvU\x02\xa3\x04area\xa1\x010\xa3\x0amobile_seqU\x01\xa3\x05exist\xd0\x00\x00\x00\x18\x00\x00\x00\x01\xd0\x00\x00\x00\x0f\x00\x00\x00\x03\xa1\x05MechoT\x03T\x00'

const TO_NEIGHBOUR = '\x00\x00\x00\x1f\x00\x00\x00\x06@@\xa1\x14amqp:/_local/qdhello@@@'
const TO_ALL = '\x00\x00\x00%\x00\x00\x00\x06@@\xa1\x1aamqp:/_topo/0/all/qdrouter@@@'
const TO_RB = '\x00\x00\x00$\x00\x00\x00\x06@@\xa1\x19amqp:/_topo/0/RB/qdrouter@@@'
const TO_RB_MOBILE = '\x00\x00\x00$\x00\x00\x00\x03@@\xa1\x1camqp:/_topo/0/RB/qdrouter.ma'

/** Control messages as skupper-router 3.5.1 sends them; the router "RA" is linked to "RB" at cost 3. */
export const CAPTURED: Readonly<Record<string, Captured>> = {
  'HELLO that lists nobody': {
    bytes: captured(TO_NEIGHBOUR, '\x13\x00\x00\x00\x02\xa1\x06opcode\xa1\x05HELLO', SEES_NOBODY),
    message: { opcode: 'HELLO', id: 'RA', instance: INSTANCE, seen: [] },
    target: 'RB',
  },
  HELLO: {
    bytes: captured(TO_NEIGHBOUR, '\x13\x00\x00\x00\x02\xa1\x06opcode\xa1\x05HELLO', SEES_RB),
    message: { opcode: 'HELLO', id: 'RA', instance: INSTANCE, seen: ['RB'] },
    target: 'RB',
  },
  RA: {
    bytes: captured(TO_ALL, '\x10\x00\x00\x00\x02\xa1\x06opcode\xa1\x02RA', ADVERTISES),
    message: { opcode: 'RA', id: 'RA', instance: INSTANCE, linkSeq: 1, mobileSeq: 1 },
    target: 'all',
  },
  LSR: {
    bytes: captured(TO_RB, '\x11\x00\x00\x00\x02\xa1\x06opcode\xa1\x03LSR', ASKS_LINKS),
    message: { opcode: 'LSR', id: 'RA' },
    target: 'RB',
  },
  LSU: {
    bytes: captured(TO_RB, '\x11\x00\x00\x00\x02\xa1\x06opcode\xa1\x03LSU', TELLS_LINKS),
    message: { opcode: 'LSU', id: 'RA', instance: INSTANCE, linkSeq: 1, peers: new Map([['RB', 3]]) },
    target: 'RB',
  },
  MAR: {
    bytes: captured(TO_RB_MOBILE, '\x11\x00\x00\x00\x02\xa3\x06opcode\xa1\x03MAR', ASKS_ADDRESSES),
    message: { opcode: 'MAR', id: 'RA', haveSeq: 0 },
    target: 'RB',
  },
  'absolute MAU': {
    bytes: captured(TO_RB_MOBILE, '\x11\x00\x00\x00\x02\xa3\x06opcode\xa1\x03MAU', TELLS_ADDRESSES),
    message: { opcode: 'MAU', id: 'RA', mobileSeq: 1, exist: [{ key: 'Mecho', treatment: 3, inLinks: 0 }] },
    target: 'RB',
  },
}

function captured(properties: string, applicationProperties: string, body: string): Buffer {
  const annotations =
    '\x00\x80SKPR--RA\xd0\x00\x00\x00\x1b\x00\x00\x00\x04C@\xa1\x040/RA\xd0\x00\x00\x00\x0a\x00\x00\x00\x01\xa1\x040/RA'
  const header = '\x00Sp\xd0\x00\x00\x00\x05\x00\x00\x00\x01B'
  const sections = [`s\xd0${properties}`, `t\xd1\x00\x00\x00${applicationProperties}`, body]
  return Buffer.from([annotations, header, ...sections.map((section) => `\x00S${section}`)].join(''), 'latin1')
}
