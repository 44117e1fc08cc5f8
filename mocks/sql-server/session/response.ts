import type { Duplex } from 'node:stream'
import type { ResultSink } from '../engine/result-sink.ts'
import { ByteWriter } from '../tds/byte-writer.ts'
import { withoutUtf8 } from '../tds/collation.ts'
import type { Cell } from '../tds/data-type.ts'
import { encodePackets, headerBytes, packetTypes, writePacketHeader } from '../tds/packet.ts'
import {
  type BrowseInfo,
  type Column,
  writeBrowseInfo,
  writeNoMetadata,
  writeOrder,
  writeRow,
} from '../tds/tokens/col-metadata.ts'
import { type Done, doneStatus, writeDone } from '../tds/tokens/done.ts'
import { type EnvChange, writeEnvChange } from '../tds/tokens/env-change.ts'
import { type ServerMessage, writeMessage } from '../tds/tokens/message.ts'
import { type ReturnValue, writeReturnStatus, writeReturnValue } from '../tds/tokens/return-value.ts'
import type { TokenForm } from '../tds/tokens/token-codes.ts'
import { wireColumns } from '../tds/tokens/wire-columns.ts'
import type { ValueWriter } from '../tds/types/value.ts'

/** Bytes that gather before full packets go out; a smaller response leaves in one write. */
const flushBytes = 32 * 1024
const sliceMs = 8

export interface ResponseOptions {
  readonly socket: Duplex
  readonly packetBytes: number
  readonly spid: number
  readonly form: TokenForm
  readonly serverName: string
  /** SET NOCOUNT ON: statements inside of procedures that give no rows are not told of. */
  readonly noCount?: () => boolean
}

/** One message to the client: exactly one end of message, all packets full but the last. */
export class Response implements ResultSink {
  readonly #options: ResponseOptions
  #writer = new ByteWriter(headerBytes)
  #packetId = 1
  #withoutColumns = false
  #pending: Done | undefined
  #inResult = false
  #writers: readonly ValueWriter[] = []
  #drained: Promise<void> | undefined
  #sliceStart = performance.now()

  constructor(options: ResponseOptions) {
    this.#options = options
  }

  /** The token stream itself, for tokens that only a login response has. */
  get tokens(): ByteWriter {
    this.#settle(doneStatus.more)
    return this.#writer
  }

  columns(columns: readonly Column[], order?: readonly number[], browse?: BrowseInfo): void {
    const writer = this.tokens
    this.#inResult = true
    const wire = wireColumns(columns, this.#options.form)
    this.#writers = wire.writers
    if (this.#withoutColumns) {
      writeNoMetadata(writer)
      return
    }
    writer.bytes(wire.metadata)
    if (browse) writeBrowseInfo(writer, browse, this.#options.form)
    if (order && order.length > 0) writeOrder(writer, order)
  }

  withoutColumns(on: boolean): void {
    this.#withoutColumns = on
  }

  row(cells: readonly Cell[]): void {
    writeRow(this.#writer, this.#writers, cells)
    if (this.#writer.length > flushBytes) this.#flushFull()
  }

  breathe(): Promise<void> | undefined {
    const drained = this.#drained
    if (drained) return drained
    if (performance.now() - this.#sliceStart < sliceMs) return undefined
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#sliceStart = performance.now()
        resolve()
      })
    })
  }

  done(done: Parameters<ResultSink['done']>[0]): void {
    const told = this.#inResult || done.kind !== 'doneInProc' || done.error || done.count !== undefined
    this.#inResult = false
    if (!told && this.#options.noCount?.()) return
    this.#settle(doneStatus.more)
    const status =
      (done.error ? doneStatus.error : 0) |
      (done.inBatch ? doneStatus.inBatch : 0) |
      (done.count === undefined ? 0 : doneStatus.count)
    this.#pending = { kind: done.kind, status, command: done.command, count: done.count ?? 0 }
  }

  message(message: ServerMessage): void {
    writeMessage(this.tokens, message, this.#options.serverName, this.#options.form)
  }

  envChange(change: EnvChange): void {
    const transactional = change.type === 'beginTransaction' || change.type === 'commit' || change.type === 'rollback'
    if (transactional && !this.#options.form.tds72) return
    const unreadable = change.type === 'collation' && change.value.utf8 && !this.#options.form.utf8
    writeEnvChange(this.tokens, unreadable ? { type: 'collation', value: withoutUtf8(change.value) } : change)
  }

  returnStatus(status: number): void {
    writeReturnStatus(this.tokens, status)
  }

  returnValue(value: ReturnValue): void {
    writeReturnValue(this.tokens, value, this.#options.form)
  }

  /** Ends the message. A response without any DONE gets one. */
  end(extraStatus = 0): void {
    // What breaks a batch off inside of a procedure leaves its end untold; no message ends with DONEINPROC.
    if (this.#pending?.kind === 'doneInProc') this.#settle(doneStatus.more)
    if (!this.#pending) this.#pending = { kind: 'done', status: 0, command: 0, count: 0 }
    this.#settle(extraStatus)
    this.endRaw()
  }

  /** Ends a message that carries no DONE, as the answer to an SSPI token. */
  endRaw(): void {
    const { socket, packetBytes, spid } = this.#options
    if (this.#writer.length <= packetBytes && this.#packetId === 1) {
      const packet = this.#writer.view()
      writePacketHeader(packet, { type: packetTypes.tabularResult, last: true, spid, id: 1 })
      socket.write(packet)
      return
    }
    const payload = this.#writer.view(headerBytes)
    socket.write(encodePackets(payload, this.#framing(true)))
  }

  /** Sends what is written, and half of a row behind it if there is one: the message stays without its end. */
  protected breakOff(row?: readonly Cell[]): void {
    this.#settle(doneStatus.more)
    const from = this.#writer.length
    if (row) writeRow(this.#writer, this.#writers, row)
    const end = from + Math.ceil((this.#writer.length - from) / 2)
    const payload = this.#writer.view(headerBytes, end)
    if (payload.length > 0) this.#options.socket.write(encodePackets(payload, this.#framing(false)))
  }

  #framing(last: boolean) {
    const { packetBytes, spid } = this.#options
    return { type: packetTypes.tabularResult, packetBytes, spid, firstId: this.#packetId, last }
  }

  /** Writes the DONE that waited to learn whether more follows. */
  #settle(status: number): void {
    const pending = this.#pending
    if (!pending) return
    this.#pending = undefined
    writeDone(this.#writer, { ...pending, status: pending.status | status }, this.#options.form)
    if (this.#writer.length > flushBytes) this.#flushFull()
  }

  #flushFull(): void {
    const room = this.#options.packetBytes - headerBytes
    const payload = this.#writer.view(headerBytes)
    // At least one byte stays back: the last packet of the message must not be empty.
    const count = Math.floor((payload.length - 1) / room)
    if (count === 0) return
    const full = payload.subarray(0, count * room)
    const flowing = this.#options.socket.write(encodePackets(full, this.#framing(false)))
    this.#packetId += count
    const rest = payload.subarray(full.length)
    this.#writer = new ByteWriter(headerBytes, flushBytes + 8192).bytes(rest)
    const { socket } = this.#options
    // A closed socket never drains.
    if (flowing || this.#drained || socket.closed) return
    this.#drained = new Promise((resolve) => {
      const settle = () => {
        socket.off('drain', settle)
        socket.off('close', settle)
        this.#drained = undefined
        this.#sliceStart = performance.now()
        resolve()
      }
      socket.on('drain', settle)
      socket.on('close', settle)
    })
  }
}
