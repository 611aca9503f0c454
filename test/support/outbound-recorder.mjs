import dns from 'node:dns'
import { appendFileSync } from 'node:fs'
import { Socket } from 'node:net'

/** Loaded before a process's own code (`NODE_OPTIONS=--import`): writes down each address that it connects to or looks up. */

const file = process.env.OUTBOUND_RECORD
const record = line => file && appendFileSync(file, `${line}\n`)

const connect = Socket.prototype.connect
Socket.prototype.connect = function recorded(...args) {
  // `net.connect` hands its arguments over as one array, made uniform before.
  const [target, host] = Array.isArray(args[0]) ? args[0] : args
  if (typeof target === 'object' && target !== null)
    record(target.path ?? `${target.host ?? 'localhost'}:${target.port}`)
  else
    record(typeof target === 'number' ? `${typeof host === 'string' ? host : 'localhost'}:${target}` : target)
  return connect.apply(this, args)
}

for (const [holder, name] of [
  [dns, 'lookup'],
  [dns, 'resolve'],
  [dns.promises, 'lookup'],
  [dns.promises, 'resolve'],
]) {
  const ask = holder[name]
  holder[name] = function recorded(hostname, ...rest) {
    record(`lookup ${hostname}`)
    return ask.call(this, hostname, ...rest)
  }
}
