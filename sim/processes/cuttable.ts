/** The wire to storage, which can be cut: everything goes through here, byte by byte. */
import { connect, createServer, type Server, type Socket } from 'node:net'

export type Wire = {
  readonly port: number
  readonly close: () => Promise<void>
}

export type Cutter = {
  /** Whoever is connected loses his connection, and nobody gets a new one. */
  readonly cut: () => void
  readonly mend: () => void
  /** Connections that were torn or refused. */
  readonly struck: () => number
  /** To a port of this machine. */
  readonly wireTo: (port: number) => Promise<Wire>
}

export function createCutter(): Cutter {
  const open = new Set<Socket>()
  let isCut = false
  let struck = 0
  const tear = (socket: Socket) => {
    struck += 1
    socket.resetAndDestroy()
  }
  const accept = (port: number) => (near: Socket) => {
    near.on('error', () => undefined)
    if (isCut) return tear(near)
    const far = connect(port, '127.0.0.1')
    open.add(near)
    const part = () => {
      open.delete(near)
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) socket.setNoDelay(true).on('close', part).on('error', part)
    near.pipe(far)
    far.pipe(near)
  }
  return {
    cut() {
      isCut = true
      for (const socket of open) tear(socket)
    },
    mend() {
      isCut = false
    },
    struck: () => struck,
    async wireTo(port) {
      const server = createServer(accept(port))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return { port: portOf(server), close: () => closed(server, open) }
    },
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function closed(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  const over = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const socket of open) socket.destroy()
  await over
}
