/** The address of this machine in its network; null when it has none, or several of which we cannot tell the right one. */
import { networkInterfaces } from 'node:os'

export function lanAddress(): string | null {
  const found = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
  return found.length === 1 ? found[0]!.address : null
}
