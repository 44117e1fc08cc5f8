/** Dates and times, [MS-TDS] 2.2.5.5.1.4 (datetime, smalldatetime) and 2.2.5.5.1.7-.10 (date, time, datetime2, datetimeoffset). */
import { type ByteReader, ProtocolError } from '../byte-reader.ts'
import type { ByteWriter } from '../byte-writer.ts'

/** Days since 0001-01-01 in the proleptic Gregorian calendar. */
export function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 306
}

export function dateOfDays(days: number): { year: number; month: number; day: number } {
  const z = days + 306
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const mp = Math.floor((5 * dayOfYear + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1,
  }
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

export function dateText(days: number): string {
  const { year, month, day } = dateOfDays(days)
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
}

export const dateDays = (text: string): number =>
  daysOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)))

export const maxDays = 3_652_058
export const daysTo1900 = 693_595
export const ticksADay = 864_000_000_000n

/** Text of a time from ticks of 100 ns, with `scale` digits of a second. */
export function timeText(ticks: bigint, scale: number): string {
  const seconds = Number(ticks / 10_000_000n)
  const clock = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`
  if (scale === 0) return clock
  return `${clock}.${pad(Number(ticks % 10_000_000n), 7).slice(0, scale)}`
}

/** Ticks of 100 ns of a time text with any number of digits up to seven. */
export function timeTicks(text: string): bigint {
  const seconds = Number(text.slice(0, 2)) * 3600 + Number(text.slice(3, 5)) * 60 + Number(text.slice(6, 8))
  return BigInt(seconds) * 10_000_000n + BigInt(Number(text.slice(9, 16).padEnd(7, '0')))
}

const timeBytes = (scale: number): number => (scale <= 2 ? 3 : scale <= 4 ? 4 : 5)
const dropTicks = (scale: number): bigint => 10n ** BigInt(7 - scale)

function writeUint(writer: ByteWriter, value: bigint, bytes: number): void {
  for (let i = 0; i < bytes; i += 1) writer.u8(Number((value >> BigInt(8 * i)) & 0xffn))
}

function readUint(reader: ByteReader, bytes: number): bigint {
  let value = 0n
  for (let i = 0; i < bytes; i += 1) value |= BigInt(reader.u8()) << BigInt(8 * i)
  return value
}

const writeDays = (writer: ByteWriter, text: string): void => writeUint(writer, BigInt(dateDays(text)), 3)
const writeTicks = (writer: ByteWriter, text: string, scale: number): void =>
  writeUint(writer, timeTicks(text) / dropTicks(scale), timeBytes(scale))

function readDays(reader: ByteReader): string {
  const days = Number(readUint(reader, 3))
  if (days > maxDays) throw new ProtocolError(`a date of ${days} days`)
  return dateText(days)
}

function readTicks(reader: ByteReader, scale: number): string {
  const ticks = readUint(reader, timeBytes(scale)) * dropTicks(scale)
  if (ticks >= ticksADay) throw new ProtocolError('a time of more than a day')
  return timeText(ticks, scale)
}

/** Every writer puts the length byte first. */
export function writeDate(writer: ByteWriter, cell: string): void {
  writer.u8(3)
  writeDays(writer, cell)
}

export function writeTime(writer: ByteWriter, scale: number, cell: string): void {
  writer.u8(timeBytes(scale))
  writeTicks(writer, cell, scale)
}

export function writeDatetime2(writer: ByteWriter, scale: number, cell: string): void {
  writer.u8(timeBytes(scale) + 3)
  writeTicks(writer, cell.slice(11), scale)
  writeDays(writer, cell)
}

export function writeDatetimeOffset(writer: ByteWriter, scale: number, cell: string): void {
  const offset = cell.slice(-6)
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6))
  writer.u8(timeBytes(scale) + 5)
  writeTicks(writer, cell.slice(11, -6), scale)
  writeDays(writer, cell)
  writer.i16(offset.startsWith('-') ? -minutes : minutes)
}

/** A datetimeoffset as people read it: the time at its place, then the offset behind a blank. */
export function localText(cell: string): string {
  const offset = cell.slice(-6)
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6))
  const moved = BigInt(offset.startsWith('-') ? -minutes : minutes) * 600_000_000n
  const total = BigInt(dateDays(cell)) * ticksADay + timeTicks(cell.slice(11, -6)) + moved
  const scale = Math.max(0, cell.length - 6 - 20)
  return `${dateText(Number(total / ticksADay))} ${timeText(total % ticksADay, scale)} ${offset}`
}

/** Three-hundredths of a second, as datetime counts them. */
export function writeDatetime(writer: ByteWriter, cell: string): void {
  const ms = Number(timeTicks(cell.slice(11)) / 10_000n)
  writer
    .u8(8)
    .i32(dateDays(cell) - daysTo1900)
    .u32(Math.round((ms * 3) / 10))
}

export function writeSmallDatetime(writer: ByteWriter, cell: string): void {
  writer
    .u8(4)
    .u16(dateDays(cell) - daysTo1900)
    .u16(Number(timeTicks(cell.slice(11)) / 600_000_000n))
}

export function readTemporal(reader: ByteReader, name: string, scale: number, size: number): string {
  const end = reader.position + size
  const cell = readOne(reader, name, scale)
  if (reader.position !== end) throw new ProtocolError(`a ${name} of ${size} bytes`)
  return cell
}

function readOne(reader: ByteReader, name: string, scale: number): string {
  switch (name) {
    case 'date':
      return readDays(reader)
    case 'time':
      return readTicks(reader, scale)
    case 'datetime2': {
      const time = readTicks(reader, scale)
      return `${readDays(reader)} ${time}`
    }
    case 'datetimeoffset': {
      const time = readTicks(reader, scale)
      const date = readDays(reader)
      const minutes = reader.i16()
      if (Math.abs(minutes) > 840) throw new ProtocolError(`an offset of ${minutes} minutes`)
      const size = Math.abs(minutes)
      return `${date} ${time}${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`
    }
    case 'smalldatetime': {
      const days = reader.u16() + daysTo1900
      return `${dateText(days)} ${timeText(BigInt(reader.u16()) * 600_000_000n, 0)}`
    }
    default: {
      const days = reader.i32() + daysTo1900
      const units = reader.u32()
      if (days < 639_905 || days > maxDays || units >= 25_920_000) throw new ProtocolError('a datetime out of range')
      return `${dateText(days)} ${timeText(BigInt(Math.round((units * 10) / 3)) * 10_000n, 3)}`
    }
  }
}
