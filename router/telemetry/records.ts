/**
 * The part of telemetry that controller and console use too: the words of records, their messages, and a source over a
 * port, which for a program outside the router is an AMQP client.
 */
export { recordTypes } from './attributes.ts'
export type { AttributeName, Attributes, RecordType } from './attributes.ts'
export { beaconAddress, flushMessage, parseTelemetry } from './messages.ts'
export type { Beacon, SourceType, TelemetryMessage } from './messages.ts'
export type { TelemetryPort } from './port.ts'
export type { TelemetryRecord } from './record.ts'
export type { RecordUpdate } from './record-codec.ts'
export { TICK_EVERY_MS, TelemetrySource } from './source.ts'
