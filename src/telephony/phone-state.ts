/** Asterisk's device states as a caller's question: can this phone be rung now? */
import type { PhoneState } from './api.ts'

export function phoneStateOf(deviceState: string): PhoneState {
  switch (deviceState) {
    case 'NOT_INUSE':
      return 'idle'
    case 'RINGING':
    case 'RINGINUSE':
      return 'ringing'
    case 'INUSE':
    case 'BUSY':
    case 'ONHOLD':
      return 'busy'
    default:
      return 'offline'
  }
}
