import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { silentLogger } from '../../src/runtime/logger.ts'
import { WebsocketTransport } from '../../src/telephony/websocket-transport.ts'

interface Connection {
  app: string
  socket: WebSocket
}

/** Something that speaks like Asterisk. `answers`: does this connection say what became of a request? */
async function asterisk(answers: (connection: Connection, uri: string) => boolean) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const connections: Connection[] = []
  server.on('connection', (socket, request) => {
    const app = new URL(request.url ?? '', 'http://asterisk').searchParams.get('app') ?? ''
    const connection = { app, socket }
    connections.push(connection)
    socket.on('message', (data) => {
      const { request_id, uri } = JSON.parse((data as Buffer).toString()) as { request_id: string; uri: string }
      if (!answers(connection, uri)) return
      socket.send(JSON.stringify({ type: 'RESTResponse', request_id, status_code: 200, message_body: '[]' }))
    })
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ari`
  const transport = new WebsocketTransport({
    address: { url, user: 'perezvon', password: 'secret', app: 'perezvon' },
    sockets: 1,
    log: silentLogger,
  })
  closing.push(async () => {
    transport.close()
    for (const client of server.clients) client.terminate()
    await new Promise((resolve) => server.close(resolve))
  })
  await transport.open(AbortSignal.timeout(10_000))
  return { transport, lanes: () => connections.filter(({ app }) => app.startsWith('perezvon-w0')) }
}
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

test('each connection is an application of its own: Asterisk may not have done with the last one', async () => {
  const { transport, lanes } = await asterisk(() => true)
  lanes()[0]!.socket.terminate()
  await expect.poll(() => lanes().length, { timeout: 5_000 }).toBe(2)
  expect(await transport.request('channels.list', {})).toEqual([])
  const [first, second] = lanes()
  expect(first!.app).not.toBe(second!.app)
})

test('a connection over which nothing is answered is made anew, and the next request is answered', async () => {
  const { transport, lanes } = await asterisk(
    (connection, uri) => !(uri.includes('channels') && connection === lanes()[0]),
  )
  await expect(transport.request('channels.list', {})).rejects.toThrow('no answer')
  expect(await transport.request('channels.list', {})).toEqual([])
  expect(lanes()).toHaveLength(2)
})

test('one slow request among answered ones does not cost the connection', async () => {
  const { transport, lanes } = await asterisk((_connection, uri) => !uri.includes('playbacks'))
  const slow = transport.request('playbacks.get', { playbackId: 'p' }).catch((error: unknown) => error)
  const answered = setInterval(() => void transport.request('channels.list', {}), 200)
  expect(String(await slow)).toMatch('no answer')
  clearInterval(answered)
  await transport.request('channels.list', {})
  expect(lanes()).toHaveLength(1)
})
